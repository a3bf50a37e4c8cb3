"""The kiosks of the centre: how each stands, by its log; codes, messages and what was set aside."""
