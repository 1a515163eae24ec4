"""One conversation about OKRs, the updates it drafts and the worker that runs what is due."""
