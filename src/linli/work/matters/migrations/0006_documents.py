from typing import Any

from django.db import migrations

from linli.foundation.search.rules import document_text
from linli.work.matters.document import facets_of, texts_of


def documents_write(apps: Any, schema_editor: Any) -> None:
    """Give the documents of the matters that are there the facets that lists ask for."""
    matters, documents = apps.get_model("matters", "Matter"), apps.get_model("search", "SearchDocument")
    for matter in matters.objects.select_related("category").iterator(2000):
        row = documents.objects.filter(room="matters", subject_id=matter.pk)
        row.update(grams=document_text(texts_of(matter), facets_of(matter)))


class Migration(migrations.Migration):

    dependencies = [("matters", "0005_list_indexes"), ("search", "0002_tokens")]
    operations = [migrations.RunPython(documents_write, migrations.RunPython.noop)]
