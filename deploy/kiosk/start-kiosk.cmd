@echo off
rem Windows: put a shortcut to this file into the folder that "shell:startup" opens (Win+R).
rem It starts the screen again if it ends, and the browser over the whole display.
set REDVEST_KIOSK_HOME=%LOCALAPPDATA%\redvest-kiosk
cd /d C:\redvest
start "" msedge --kiosk http://127.0.0.1:8710/ --edge-kiosk-type=fullscreen --no-first-run
:again
.venv\Scripts\python -m kiosk run
timeout /t 2 /nobreak >nul
goto again
