"""What happened when: rows of timelines, updates of status pages and sentences, and what each states."""
