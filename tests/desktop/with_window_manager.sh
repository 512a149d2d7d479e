# Runs a command beside a window manager: without one QGIS opens a very small window.
openbox &
manager=$!
"$@"
code=$?
kill "$manager"
exit "$code"
