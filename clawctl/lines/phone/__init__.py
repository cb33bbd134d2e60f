"""The Android handset on a USB cable."""
