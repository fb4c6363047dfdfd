controllers of the administration
