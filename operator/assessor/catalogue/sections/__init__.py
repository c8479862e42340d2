"""The checklist's nine sections: one file of controls for each."""
