"""The bundled sample newsroom."""
