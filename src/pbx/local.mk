# files of src/pbx
