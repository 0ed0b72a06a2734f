"""One file per format; being here is all that it takes to be found."""
