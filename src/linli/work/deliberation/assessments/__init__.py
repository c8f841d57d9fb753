"""民主评议: members of a committee are assessed once a year; twice incompetent ends an office by law."""
