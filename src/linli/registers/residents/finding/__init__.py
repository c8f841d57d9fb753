"""Finding a person by name, pinyin, telephone or number, and showing personal values for a purpose."""
