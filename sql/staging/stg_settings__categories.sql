-- The categories of causes and triggers that the taxonomy of the settings knows.
-- One row per kind (cause, trigger) and category.
-- Key: kind, category.
SELECT
    kind,
    category,
    definition,
    published_as
FROM settings.categories
