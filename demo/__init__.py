"""See it work: `make demo`. A made-up county, real processes, three kiosks without network, and the hours that come of it."""
