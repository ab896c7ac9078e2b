"""The few widgets that all screens share. None of them knows the flow; sizes and colours come from `app.look`."""
