"""What two independent validators say of our resources, and whether they agree with us on those of others."""
