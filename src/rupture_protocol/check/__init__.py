"""What should hold for every case: the prover. An edge above the engine, in pure Python."""
