"""The output of the windows: no messages of libraries, and one line if no window can be opened."""
import os
import subprocess
import sys
import tempfile

from desktop import Program
from pictures import sample


def a_damaged_picture_is_told_in_the_window_only(bin_folder, folder):
    damaged = f"{folder}/damaged.png"
    sample(420, 300).save(damaged)
    os.truncate(damaged, os.path.getsize(damaged) // 2)
    with open(f"{folder}/stderr", "w+") as stderr:
        sender = Program(f"{bin_folder}/shmpix-sender", damaged, stderr=stderr)
        try:
            print(sender.wait_for_text("damaged.png was not opened"))
        finally:
            sender.end()
        stderr.seek(0)
        printed = stderr.read()
    if printed:
        raise SystemExit(f"the sender printed: {printed}")


def without_a_display_there_is_one_line(bin_folder):
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    for program in ("shmpix-sender", "shmpix-receiver"):
        for platform in ("", "xcb", "nothing"):
            environment["QT_QPA_PLATFORM"] = platform
            done = subprocess.run([f"{bin_folder}/{program}"], env=environment, capture_output=True, text=True, timeout=60)
            good = (done.returncode == 1 and done.stderr.count("\n") == 1 and not done.stdout
                    and done.stderr.startswith(f"{program}: No window can be opened") and "--headless" in done.stderr)
            if not good:
                raise SystemExit(f"{program} on “{platform}” ended with {done.returncode}: {done.stdout}{done.stderr}")


def main(bin_folder):
    with tempfile.TemporaryDirectory() as folder:
        a_damaged_picture_is_told_in_the_window_only(bin_folder, folder)
    without_a_display_there_is_one_line(bin_folder)


main(*sys.argv[1:])
