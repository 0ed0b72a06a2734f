"""One file per strategy; being here is all that it takes to be found."""
