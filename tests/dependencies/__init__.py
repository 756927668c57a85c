"""What the program is built on, audited without a network: installed versions against their pins, pins against known advisories."""
