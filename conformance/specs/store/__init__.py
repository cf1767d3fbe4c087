"""The store: specs in files, several versions of each service, read and written without loss."""
