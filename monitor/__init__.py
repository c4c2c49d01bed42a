"""monitor: news feeds in, one alert per story out."""

__version__ = "0.1.0"
