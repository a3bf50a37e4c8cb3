@echo off
rem Windows: the screen of the kiosk at every log-on. Either put a shortcut to this file into the folder that "shell:startup"
rem opens (Win+R), or let the Task Scheduler start it (docs/operations.md). It starts the screen again whenever that ends, and
rem the browser over the whole display once the screen answers. Written for Windows 10 and later; it was never run there.
set REDVEST_KIOSK_HOME=%LOCALAPPDATA%\redvest-kiosk
cd /d C:\redvest
if "%1"=="serve" goto serve
start "redvest" /min cmd /c "%~f0" serve
:wait
timeout /t 1 /nobreak >nul
curl.exe -s -o nul http://127.0.0.1:8710/ || goto wait
start "" msedge --kiosk http://127.0.0.1:8710/ --edge-kiosk-type=fullscreen --no-first-run
exit /b
:serve
.venv\Scripts\python -m kiosk run
timeout /t 2 /nobreak >nul
goto serve
