"""What a real httpd makes of a configuration: the harness on which every fix is proven, and its proofs."""
