"""Records of other tools' exports, mapped to the facts of an incident."""
