# unit tests of drivers
