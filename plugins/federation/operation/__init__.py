"""What whoever runs the hub needs: doctor, health, backup and restore, upkeep."""
