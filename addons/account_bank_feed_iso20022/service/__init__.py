"""The web service itself: requests, SOAP, and what the answers say. No models."""
