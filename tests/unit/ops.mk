# unit tests of ops
