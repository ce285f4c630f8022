"""The two hosts of the local service: the API for the paired browser, the pages for the person."""
