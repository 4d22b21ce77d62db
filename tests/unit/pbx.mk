# unit tests of pbx
