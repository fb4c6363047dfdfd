"""The site: pages written by hand (``website/``), the documents of the project, and pages made of rules and messages.

    cd tools && python -m website ../build/docs

What is made is plain Markdown, so that any generator of sites may take it; ``mkdocs.yml`` has the one that does.
"""
