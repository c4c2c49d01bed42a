"""Entry and page to article."""
