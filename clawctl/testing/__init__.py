"""For our tests and for plugin authors: fakes of the other side."""
