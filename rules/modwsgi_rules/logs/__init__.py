"""What httpd writes to its logs."""
