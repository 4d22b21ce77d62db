# unit tests of media
