"""Distribution: who receives an issued document, who has, the public page and edXML packages."""
