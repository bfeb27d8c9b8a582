"""Why it happened and who noticed: categories by a taxonomy, five whys, the method of detection."""
