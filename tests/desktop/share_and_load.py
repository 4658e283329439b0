"""Tests both real programs: chooses a file in the dialog, clicks Share and Load, and compares the pixels."""
import os
import sys
import tempfile

from desktop import Program, screenshot, wait_for
from pictures import find, same, sample


def main(bin_folder):
    key = f"shmpix-desktop-{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        photo, saved = f"{folder}/landscape.png", f"{folder}/saved.png"
        picture = sample(420, 300)
        picture.save(photo)
        sender = Program(f"{bin_folder}/shmpix-sender", "--key", key)
        sender.place(0, 0, 900, 600)
        receiver = Program(f"{bin_folder}/shmpix-receiver", "--key", key)
        receiver.place(920, 0, 900, 600)
        try:
            sender.click("Open…")
            sender.choose_file(photo)
            sender.wait_for_text("landscape.png")
            sender.click("Share")
            print(sender.wait_for_text("Shared 420 × 300"))

            receiver.click("Load")
            print(receiver.wait_for_text("Loaded"))
            wait_for("the picture on the receiver's half of the screen",
                     lambda: find(picture, screenshot().crop((920, 0, 1820, 700))))
            receiver.click("Save as…")
            receiver.choose_file(saved)
            print(receiver.wait_for_text("Saved"))
            if not same(photo, saved):
                raise SystemExit("the saved picture differs from the shared one")
        except Exception:
            screenshot().save("share_and_load-failed.png")
            print("sender:", sender.texts(), "receiver:", receiver.texts(), sep="\n", file=sys.stderr)
            raise
        finally:
            receiver.end()
            code = sender.end()
        if code != 0:
            raise SystemExit(f"the sender ended with {code}")
        if os.path.exists(f"/dev/shm/{key}"):
            raise SystemExit("the sender left its segment behind")


main(*sys.argv[1:])
