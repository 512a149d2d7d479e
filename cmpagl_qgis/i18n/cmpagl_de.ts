<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>CMPAGL</name>
        <message>
            <location filename="../dock/amounts.py" />
            <source>under 1 min</source>
            <translation>unter 1 min</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>about {0} min</source>
            <translation>etwa {0} min</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>about {0} h</source>
            <translation>etwa {0} h</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>about {0} days</source>
            <translation>etwa {0} Tage</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} GB</source>
            <translation>{0} GB</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} MB</source>
            <translation>{0} MB</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} cm</source>
            <translation>{0} cm</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} m</source>
            <translation>{0} m</translation>
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} km</source>
            <translation>{0} km</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Cars and boats</source>
            <translation>Autos und Boote</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Buildings</source>
            <translation>Gebäude</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Blocks of houses</source>
            <translation>Häuserblöcke</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Landscape</source>
            <translation>Landschaft</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add scenes</source>
            <translation>Szenen hinzufügen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Build an index</source>
            <translation>Index erstellen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add</source>
            <translation>Hinzufügen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Build</source>
            <translation>Erstellen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}. Larger chips make it shorter: twice the side is a quarter of the chips. So does an area. You can stop it at any time; what is done stays and can be searched.</source>
            <translation>{0}. Größere Ausschnitte machen es kürzer: Doppelte Seitenlänge ist ein Viertel der Ausschnitte. Ein Bereich ebenso. Sie können jederzeit stoppen; was fertig ist, bleibt und kann durchsucht werden.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0} scenes were not counted yet.</source>
            <translation>{0} Szenen wurden noch nicht gezählt.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>A large index</source>
            <translation>Ein großer Index</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Build it all the same</source>
            <translation>Trotzdem erstellen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Scenes to index</source>
            <translation>Szenen für den Index</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>All files</source>
            <translation>Alle Dateien</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Rasters</source>
            <translation>Raster</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>A folder of scenes</source>
            <translation>Ein Ordner mit Szenen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>All scenes in {0}</source>
            <translation>Alle Szenen in {0}</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Tick a scene, or add files or a folder.</source>
            <translation>Haken Sie eine Szene an, oder fügen Sie Dateien oder einen Ordner hinzu.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Say where the index is written.</source>
            <translation>Geben Sie an, wohin der Index soll.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Give the whole path of the index.</source>
            <translation>Geben Sie den vollständigen Pfad des Index an.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Sizes are metres, separated by commas, such as 100, 400.</source>
            <translation>Größen sind Meter, durch Kommas getrennt, zum Beispiel 100, 400.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>1 scene</source>
            <translation>1 Szene</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0} scenes</source>
            <translation>{0} Szenen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0} chips</source>
            <translation>{0} Ausschnitte</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}; looking at {1} more…</source>
            <translation>{0}; {1} weitere folgen…</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}; {1} could not be counted. {2}</source>
            <translation>{0}; {1} nicht zählbar. {2}</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>It takes {0}, and {1} are free there. Choose another place or larger chips.</source>
            <translation>Er braucht {0}, und dort sind {1} frei. Wählen Sie einen anderen Speicherort oder größere Ausschnitte.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>What is looked for</source>
            <translation>Was gesucht wird</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Chosen for each scene</source>
            <translation>Für jede Szene gewählt</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}: {1}</source>
            <translation>{0}: {1}</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Own sizes</source>
            <translation>Eigene Größen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>or sides of chips in metres, such as 100, 400</source>
            <translation>oder Seitenlängen in Metern, zum Beispiel 100, 400</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Sides of the chips a scene is cut into, metres on the ground. Small ones find boats, large ones harbours.</source>
            <translation>Seitenlängen der Ausschnitte, in die eine Szene zerlegt wird, in Metern am Boden. Kleine finden Boote, große Häfen.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>as the index has them</source>
            <translation>wie im Index vorhanden</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Whole scenes</source>
            <translation>Ganze Szenen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>What the map shows now</source>
            <translation>Was die Karte jetzt zeigt</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>A rectangle drawn on the map…</source>
            <translation>Ein auf der Karte gezeichnetes Rechteck…</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Chips outside are not made. The index keeps its area when scenes are added to it.</source>
            <translation>Ausschnitte außerhalb werden nicht erzeugt. Der Index behält seinen Bereich, wenn Szenen hinzugefügt werden.</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>As the index has it</source>
            <translation>Wie der Index ihn hat</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add files…</source>
            <translation>Dateien hinzufügen…</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add a folder…</source>
            <translation>Ordner hinzufügen…</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Write the index as</source>
            <translation>Index schreiben als</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Scenes</source>
            <translation>&amp;Szenen</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Look for</source>
            <translation>&amp;Gesucht</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Only inside</source>
            <translation>&amp;Nur innerhalb</translation>
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Index</source>
            <translation>&amp;Index</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Scene</source>
            <translation>Szene</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>CRS</source>
            <translation>KBS</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Pixel</source>
            <translation>Pixel</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Bands</source>
            <translation>Kanäle</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Chips</source>
            <translation>Ausschnitte</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Time</source>
            <translation>Zeit</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>On disk</source>
            <translation>Platz</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Notes</source>
            <translation>Hinweise</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>looking…</source>
            <translation>wird gelesen…</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>measuring…</source>
            <translation>Messung …</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>unknown</source>
            <translation>unbekannt</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>CRS of its own</source>
            <translation>Eigenes KBS</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>{0}, done</source>
            <translation>{0}, fertig</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>{0} of {1}</source>
            <translation>{0} von {1}</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>As fast as this computer was with a few chips, or when it built last.</source>
            <translation>So schnell, wie dieser Computer mit einigen Ausschnitten war oder beim letzten Aufbau.</translation>
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>CRS set on the layer.</source>
            <translation>KBS am Layer gesetzt.</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>What has changed</source>
            <translation>Was sich verändert hat</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>Finds places that show something now and did not before, in two scenes of one place that are both in the index. The earlier scene is read again.</source>
            <translation>Findet Stellen, die jetzt etwas zeigen und vorher nicht, in zwei Szenen eines Ortes, die beide im Index sind. Die frühere Szene wird noch einmal gelesen.</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>houses</source>
            <translation>houses</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>anything, or such as: farmland</source>
            <translation>irgendetwas, oder etwa: farmland</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Now there are</source>
            <translation>&amp;Jetzt ist da</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Before there was</source>
            <translation>&amp;Vorher war da</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Earlier scene</source>
            <translation>&amp;Frühere Szene</translation>
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Later scene</source>
            <translation>&amp;Spätere Szene</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Classify by sentences</source>
            <translation>Nach Sätzen klassifizieren</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>One class a line: a sentence, or a name and one or more sentences between commas. Each place of the index gets the class that it fits best.</source>
            <translation>Eine Klasse je Zeile: ein Satz, oder ein Name und ein oder mehrere Sätze, durch Kommas getrennt. Jeder Ort des Index erhält die Klasse, zu der er am besten passt.</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Classes</source>
            <translation>Klassen</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>forest, a forest, many green trees
a pond
houses among trees</source>
            <translation>forest, a forest, many green trees
a pond
houses among trees</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Leave places without a class where none fits well</source>
            <translation>Orte ohne Klasse lassen, wo keine gut passt</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Open a CSV…</source>
            <translation>CSV öffnen…</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>{0} is no small text in UTF-8.</source>
            <translation>{0} ist kein kleiner Text in UTF-8.</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Open classes</source>
            <translation>Klassen öffnen</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>1 class</source>
            <translation>1 Klasse</translation>
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>{0} classes</source>
            <translation>{0} Klassen</translation>
        </message>
        <message>
            <location filename="../dock/dialogs.py" />
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <location filename="../dock/examples_bar.py" />
            <source>Less like {0}.</source>
            <translation>Weniger wie {0}.</translation>
        </message>
        <message>
            <location filename="../dock/examples_bar.py" />
            <source>More like {0}.</source>
            <translation>Mehr wie {0}.</translation>
        </message>
        <message>
            <location filename="../dock/examples_bar.py" />
            <source>Press to take this example away.</source>
            <translation>Klicken, um dieses Beispiel zu entfernen.</translation>
        </message>
        <message>
            <location filename="../dock/help_dialog.py" />
            <source>CMPAGL: user guide</source>
            <translation>CMPAGL: Benutzerhandbuch</translation>
        </message>
        <message>
            <location filename="../dock/help_dialog.py" />
            <source>The guide is not in the plugin's folder. It is read here: {0}</source>
            <translation>Das Handbuch liegt nicht im Ordner der Erweiterung. Hier ist es zu lesen: {0}</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Zoom to it</source>
            <translation>Darauf zoomen</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Open its scene</source>
            <translation>Szene öffnen</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>More like this</source>
            <translation>Mehr wie diese</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Less like this</source>
            <translation>Weniger wie diese</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>What does it show?</source>
            <translation>Was zeigt er?</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Copy its coordinates</source>
            <translation>Koordinaten kopieren</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Save its picture…</source>
            <translation>Bild speichern…</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Show where it fits</source>
            <translation>Zeigen, wo es passt</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Heat map of its scene…</source>
            <translation>Heatmap der Szene…</translation>
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Outlines in its scene…</source>
            <translation>Umrisse in der Szene…</translation>
        </message>
        <message>
            <location filename="../dock/hit_list.py" />
            <source>Places found</source>
            <translation>Gefundene Stellen</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>kept</source>
            <translation>behalten</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>rejected</source>
            <translation>verworfen</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>{0} more of this ground</source>
            <translation>{0} weitere von diesem Boden</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>No picture: its scene has changed, or is not where it was.</source>
            <translation>Kein Bild: Die Szene wurde geändert oder liegt nicht mehr dort.</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Score {0}</source>
            <translation>Ähnlichkeit {0}</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>{0} on the ground, seen at {1} a pixel</source>
            <translation>{0} am Boden, gesehen mit {1} je Pixel</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Pixels {0}, {1} to {2}, {3}</source>
            <translation>Pixel {0}, {1} bis {2}, {3}</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Taken {0}</source>
            <translation>Aufgenommen {0}</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Closer look {0}</source>
            <translation>Genauerer Blick {0}</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Relevance {0}</source>
            <translation>Relevanz {0}</translation>
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Also: {0}</source>
            <translation>Auch: {0}</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From raster layers of the project…</source>
            <translation>Aus Rasterlayern des Projekts…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From files…</source>
            <translation>Aus Dateien…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From a folder…</source>
            <translation>Aus einem Ordner…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Open an index…</source>
            <translation>Index öffnen…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Open an index in an object store…</source>
            <translation>Index in einem Objektspeicher öffnen…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>What it holds</source>
            <translation>Inhalt</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Add scenes…</source>
            <translation>Szenen hinzufügen…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>First look…</source>
            <translation>Erster Überblick…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>What is here? Click or draw</source>
            <translation>Was ist hier? Klicken oder ziehen</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Classify by sentences…</source>
            <translation>Nach Sätzen klassifizieren…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>What has changed…</source>
            <translation>Was sich verändert hat…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Verify…</source>
            <translation>Prüfen…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Show what could not be read</source>
            <translation>Nicht lesbare Stellen anzeigen</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Save all footprints…</source>
            <translation>Alle Umrisse speichern…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Take it off this list</source>
            <translation>Aus dieser Liste entfernen</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Index</source>
            <translation>Index</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Open, inspect, verify or extend an index</source>
            <translation>Index öffnen, ansehen, prüfen oder erweitern</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From what the map shows…</source>
            <translation>Aus der Kartenansicht…</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Web maps and all that QGIS can draw: rendered into a file first</source>
            <translation>Webkarten und alles, was QGIS zeichnen kann: zuerst in eine Datei gerendert</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>No index chosen</source>
            <translation>Kein Index gewählt</translation>
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>The index to search</source>
            <translation>Zu durchsuchender Index</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>{0} of about {1} MB</source>
            <translation>{0} von etwa {1} MB</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Install the engine</source>
            <translation>Engine installieren</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Update the engine</source>
            <translation>Engine aktualisieren</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Use the graphics card, {0} (adds PyTorch with CUDA)</source>
            <translation>Grafikkarte verwenden, {0} (zusätzlich PyTorch mit CUDA)</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Install</source>
            <translation>Installieren</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Retry</source>
            <translation>Wiederholen</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Hide</source>
            <translation>Verbergen</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>A new engine is made beside the one in use, which is removed once the new one works.</source>
            <translation>Eine neue Engine entsteht neben der verwendeten; diese wird entfernt, sobald die neue funktioniert.</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Searching is done by a program of its own. It goes into your QGIS profile; nothing is installed into QGIS or into any Python of this computer.</source>
            <translation>Die Suche erledigt ein eigenes Programm. Es kommt in Ihr QGIS-Profil; weder in QGIS noch in ein Python dieses Computers wird etwas installiert.</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>From the &amp;package index (pypi.org)</source>
            <translation>Aus dem &amp;Paketindex (pypi.org)</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>From a &amp;folder of wheels, without network</source>
            <translation>Aus einem &amp;Ordner mit Wheels, ohne Netzwerk</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>engine-windows-x86_64, as somebody gave it to you</source>
            <translation>engine-windows-x86_64, so wie Sie ihn bekommen haben</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Folder of wheels</source>
            <translation>Ordner mit Wheels</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Use it</source>
            <translation>Verwenden</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Log…</source>
            <translation>Protokoll…</translation>
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Update</source>
            <translation>Aktualisieren</translation>
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>Looks at the chips. The index belongs to it, and is searched with it.</source>
            <translation>Betrachtet die Ausschnitte. Der Index gehört zu ihm und wird mit ihm durchsucht.</translation>
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>&amp;Model</source>
            <translation>&amp;Modell</translation>
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>{0} numbers a chip</source>
            <translation>{0} Zahlen je Ausschnitt</translation>
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>licence {0}</source>
            <translation>Lizenz {0}</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Map view</source>
            <translation>Karte</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only places that the map shows when this is pressed</source>
            <translation>Nur Stellen, die die Karte beim Klicken zeigt</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Layers</source>
            <translation>Layer</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only scenes that are visible layers of the project</source>
            <translation>Nur Szenen, die sichtbare Layer des Projekts sind</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Selection</source>
            <translation>Auswahl</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only inside the selected polygons of the active layer</source>
            <translation>Nur in den gewählten Polygonen des aktiven Layers</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Dates</source>
            <translation>Zeitraum</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only places taken between two days; those of unknown date are left out</source>
            <translation>Nur Orte, die zwischen zwei Tagen aufgenommen wurden; solche mit unbekanntem Datum bleiben weg</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Best</source>
            <translation>Beste</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>How many places to find, 1 to 2,000</source>
            <translation>Wie viele Stellen gefunden werden, 1 bis 2.000</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Number of places</source>
            <translation>Anzahl der Stellen</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>in</source>
            <translation>in</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Search here</source>
            <translation>Hier suchen</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>When the map was moved: search what it shows now</source>
            <translation>Wurde die Karte verschoben: durchsuchen, was sie jetzt zeigt</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only places of one size: small ones for things, large for areas</source>
            <translation>Nur Stellen einer Größe: kleine für Dinge, große für Gebiete</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Size of places on the ground</source>
            <translation>Größe der Stellen am Boden</translation>
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>All sizes</source>
            <translation>Alle Größen</translation>
        </message>
        <message>
            <location filename="../dock/notice.py" />
            <source>Search for this</source>
            <translation>Danach suchen</translation>
        </message>
        <message>
            <location filename="../dock/period.py" />
            <source>First day</source>
            <translation>Erster Tag</translation>
        </message>
        <message>
            <location filename="../dock/period.py" />
            <source>Last day</source>
            <translation>Letzter Tag</translation>
        </message>
        <message>
            <location filename="../dock/period.py" />
            <source>{0}, in UTC</source>
            <translation>{0}, in UTC</translation>
        </message>
        <message>
            <location filename="../dock/preview.py" />
            <source>The picture comes…</source>
            <translation>Bild wird geladen…</translation>
        </message>
        <message>
            <location filename="../dock/preview.py" />
            <source>Score {0}; without a word: {1}</source>
            <translation>Ähnlichkeit {0}; ohne ein Wort: {1}</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Describe a place in a sentence. Enter searches, Esc stops. Several sentences with ; between them, such as boats; cars, become classes of one layer.</source>
            <translation>Beschreiben Sie eine Stelle in einem englischen Satz. Enter sucht, Esc stoppt. Mehrere Sätze mit ; dazwischen, etwa boats; cars, werden Klassen eines Layers.</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Describe a place</source>
            <translation>Stelle auf Englisch beschreiben</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Earlier and saved sentences (Alt+Down)</source>
            <translation>Frühere und gespeicherte Sätze (Alt+Pfeil ab)</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Search the index (Enter)</source>
            <translation>Index durchsuchen (Enter)</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Stop the search (Esc)</source>
            <translation>Suche stoppen (Esc)</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Save this sentence in the project</source>
            <translation>Diesen Satz im Projekt speichern</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Save this search in a file...</source>
            <translation>Diese Suche in einer Datei speichern...</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Open a saved search...</source>
            <translation>Gespeicherte Suche öffnen...</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>One result for one place</source>
            <translation>Ein Ergebnis je Ort</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Its other sizes, scenes and dates stand behind it as +1, +2, …</source>
            <translation>Seine anderen Größen, Szenen und Zeiten stehen dahinter als +1, +2, …</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Saved in this project</source>
            <translation>In diesem Projekt gespeichert</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Remove a saved sentence</source>
            <translation>Gespeicherten Satz entfernen</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Earlier</source>
            <translation>Frühere</translation>
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Forget earlier sentences</source>
            <translation>Frühere Sätze vergessen</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Render the map to a scene</source>
            <translation>Karte als Szene rendern</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>The button takes what the map shows, the extent of a layer, or what you draw</source>
            <translation>Die Schaltfläche nimmt die Kartenansicht, die Ausdehnung eines Layers oder was Sie zeichnen</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source> m</source>
            <translation> m</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>On the ground. Half a metre shows cars, two metres houses, ten metres fields.</source>
            <translation>Am Boden. Ein halber Meter zeigt Autos, zwei Meter Häuser, zehn Meter Felder.</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Render</source>
            <translation>Rendern</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>{0} is there already. Choose another name.</source>
            <translation>{0} gibt es schon. Wählen Sie einen anderen Namen.</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Only {0} MB are free in {1}, up to {2} MB are needed. Choose another disk.</source>
            <translation>Nur {0} MB sind in {1} frei, bis zu {2} MB werden gebraucht. Wählen Sie ein anderes Laufwerk.</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Yes, render {0} megapixels</source>
            <translation>Ja, {0} Megapixel rendern</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>From {0}. Take no more than its terms of use allow.</source>
            <translation>Von {0}. Nehmen Sie nicht mehr, als die Nutzungsbedingungen erlauben.</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>{0} x {1} km, {2} x {3} pixels, up to {4} MB.</source>
            <translation>{0} x {1} km, {2} x {3} Pixel, bis zu {4} MB.</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>The service is asked for some {0} pictures.</source>
            <translation>Vom Dienst werden etwa {0} Bilder angefordert.</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>The services are asked for some {0} pictures.</source>
            <translation>Von den Diensten werden etwa {0} Bilder angefordert.</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Where the scene is written</source>
            <translation>Wohin die Szene geschrieben wird</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>GeoTIFF</source>
            <translation>GeoTIFF</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;What</source>
            <translation>&amp;Was</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Area</source>
            <translation>&amp;Bereich</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Pixel size</source>
            <translation>&amp;Pixelgröße</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Coordinate system</source>
            <translation>&amp;Koordinatensystem</translation>
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Save to</source>
            <translation>&amp;Speichern in</translation>
        </message>
        <message>
            <location filename="../dock/report_dialog.py" />
            <source>… and {0} more; Copy takes them all</source>
            <translation>… und {0} weitere; „Kopieren“ nimmt alle</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Kept places only ({0})</source>
            <translation>Nur behaltene Stellen ({0})</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>All but the rejected ones ({0})</source>
            <translation>Alle außer verworfenen ({0})</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>GeoJSON…</source>
            <translation>GeoJSON…</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>GeoPackage…</source>
            <translation>GeoPackage…</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>GeoParquet…</source>
            <translation>GeoParquet…</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>CSV…</source>
            <translation>CSV…</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Relevance</source>
            <translation>Relevanz</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Score</source>
            <translation>Ähnlichkeit</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Hide places that are right with a lower probability; no new search</source>
            <translation>Stellen ausblenden, die mit geringerer Wahrscheinlichkeit passen; keine neue Suche</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Hide places below this score; no new search</source>
            <translation>Stellen unter dieser Ähnlichkeit ausblenden; keine neue Suche</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Least relevance shown</source>
            <translation>Geringste angezeigte Relevanz</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Lowest score shown</source>
            <translation>Geringste angezeigte Ähnlichkeit</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>1 place</source>
            <translation>1 Stelle</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>{0} places</source>
            <translation>{0} Stellen</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>The engine's model cannot refine results.</source>
            <translation>Das Modell der Engine kann Ergebnisse nicht verfeinern.</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Rank the best places again with a closer look; the list changes in place, relevance stays that of the first look</source>
            <translation>Die besten Stellen mit einem genaueren Blick neu ordnen; die Liste ändert sich an Ort und Stelle, die Relevanz bleibt die des ersten Blicks</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>all</source>
            <translation>alle</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Refine</source>
            <translation>Verfeinern</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>More like a place: click it on the map</source>
            <translation>Mehr wie eine Stelle: auf der Karte anklicken</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Zoom to a place when it is chosen</source>
            <translation>Auf eine Stelle zoomen, wenn sie gewählt wird</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Tiles instead of rows</source>
            <translation>Kacheln statt Zeilen</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Heat map of the chosen place's scene…</source>
            <translation>Heatmap der Szene der gewählten Stelle…</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Keep this layer; the next search makes another one</source>
            <translation>Diesen Layer anheften; die nächste Suche legt einen neuen an</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Save the places shown</source>
            <translation>Angezeigte Stellen speichern</translation>
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Clear results and layer</source>
            <translation>Ergebnisse und Layer leeren</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Reject</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Undecided again</source>
            <translation>Wieder offen</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Back to the last undecided place</source>
            <translation>Zurück zur letzten offenen Stelle</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>On to the next undecided place</source>
            <translation>Weiter zur nächsten offenen Stelle</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Learn from my ticks</source>
            <translation>Aus meinen Urteilen lernen</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Show ten places that I should judge next</source>
            <translation>Zehn Stellen zeigen, die ich als nächste beurteilen soll</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Redo</source>
            <translation>Wiederholen</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} kept</source>
            <translation>{0} behalten</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} rejected</source>
            <translation>{0} verworfen</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} to do</source>
            <translation>{0} offen</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Nothing decided yet</source>
            <translation>Noch nichts entschieden</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Search again, nearer to the places kept and away from those rejected: {0}</source>
            <translation>Noch einmal suchen, näher an den behaltenen Stellenn und weg von den verworfenen: {0}</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>1 verdict</source>
            <translation>1 Urteil</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} verdicts</source>
            <translation>{0} Urteile</translation>
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Keep or reject some places first</source>
            <translation>Erst einige Stellen behalten oder verwerfen</translation>
        </message>
        <message>
            <location filename="../dock/search_dock.py" />
            <source>CMPAGL search</source>
            <translation>CMPAGL-Suche</translation>
        </message>
        <message>
            <location filename="../dock/search_dock.py" />
            <source>Stop; nothing of the map is kept</source>
            <translation>Stoppen; von der Karte bleibt nichts</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Set up the engine</source>
            <translation>Engine einrichten</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>/home/you/cmpagl/bin/python</source>
            <translation>/home/ich/cmpagl/bin/python</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Python of the engine</source>
            <translation>Python der Engine</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>The Python with the engine in it</source>
            <translation>Das Python mit der Engine</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Test</source>
            <translation>Testen</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Start the engine of this Python and ask for its versions</source>
            <translation>Die Engine dieses Pythons starten und nach ihren Versionen fragen</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Install the engine…</source>
            <translation>Engine installieren…</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Update…</source>
            <translation>Aktualisieren…</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Remove…</source>
            <translation>Entfernen…</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Use this Python</source>
            <translation>Python verwenden</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Tests it first; one without the engine is not taken</source>
            <translation>Testet es zuerst; eines ohne Engine wird nicht genommen</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Starting this Python…</source>
            <translation>Python wird gestartet…</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Test starts it and shows versions, model and device.</source>
            <translation>„Testen“ startet sie und zeigt Versionen, Modell und Gerät.</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Name the Python into which the engine was installed.</source>
            <translation>Geben Sie das Python an, in dem die Engine installiert wurde.</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>The engine runs in a Python of its own, outside QGIS; nothing is installed into QGIS. The plugin can install one into your QGIS profile.</source>
            <translation>Die Engine läuft in einem eigenen Python, außerhalb von QGIS; in QGIS wird nichts installiert. Die Erweiterung kann eines in Ihrem QGIS-Profil installieren.</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>By hand, in a terminal:</source>
            <translation>Von Hand, in einem Terminal:</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>&amp;Python of the engine</source>
            <translation>&amp;Python der Engine</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Copy the command</source>
            <translation>Befehl kopieren</translation>
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Copied</source>
            <translation>Kopiert</translation>
        </message>
        <message>
            <location filename="../dock/sibling_menu.py" />
            <source>Same ground</source>
            <translation>Derselbe Boden</translation>
        </message>
        <message>
            <location filename="../dock/small_widgets.py" />
            <source>Browse…</source>
            <translation>Durchsuchen…</translation>
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>Details</source>
            <translation>Details</translation>
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>Versions, model and the engine's last lines, to copy</source>
            <translation>Versionen, Modell und die letzten Zeilen der Engine, zum Kopieren</translation>
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>Help</source>
            <translation>Hilfe</translation>
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>The user guide, at what the dock shows now; no network needed</source>
            <translation>Das Benutzerhandbuch zu dem, was das Dock gerade zeigt; kein Netzwerk nötig</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Looking at scenes</source>
            <translation>Szenen werden angesehen</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Looking at places again</source>
            <translation>Stellen werden noch einmal angesehen</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Looking at chips</source>
            <translation>Ausschnitte werden angesehen</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Comparing sentences</source>
            <translation>Sätze werden verglichen</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Indexing {0}</source>
            <translation>Indiziere {0}</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Stop; what is done stays, and doing it again goes on from there</source>
            <translation>Stoppen; was fertig ist, bleibt, und ein neuer Lauf macht dort weiter</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>{0} of {1} chips</source>
            <translation>{0} von {1} Ausschnitten</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>{0} left</source>
            <translation>noch {0}</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Stopping…</source>
            <translation>Wird gestoppt…</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Close this message</source>
            <translation>Diese Meldung schließen</translation>
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Restart</source>
            <translation>Neu starten</translation>
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>Searched as it stands</source>
            <translation>Wörtlich gesucht</translation>
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>As it stands</source>
            <translation>Wörtlich</translation>
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>By parts</source>
            <translation>Nach Teilen</translation>
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>Take what the sentence says is not wanted off the rest</source>
            <translation>Abziehen, was der Satz ausschließt</translation>
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>Search for the words as they stand; quotation marks around them do the same</source>
            <translation>Die Wörter so suchen, wie sie dastehen; Anführungszeichen um sie bewirken dasselbe</translation>
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>Verify {0}</source>
            <translation>{0} prüfen</translation>
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>Reads every byte of the index and of its scenes, and compares it with what was noted when the scenes were indexed. Nothing is changed.</source>
            <translation>Liest jedes Byte des Index und seiner Szenen und vergleicht es mit dem, was beim Indizieren der Szenen notiert wurde. Nichts wird geändert.</translation>
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>none</source>
            <translation>keine</translation>
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>So many chips are read from their scenes again and compared; this is slow</source>
            <translation>So viele Ausschnitte werden erneut aus ihren Szenen gelesen und verglichen; das ist langsam</translation>
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>Verify</source>
            <translation>Prüfen</translation>
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>&amp;Chips to read again and compare</source>
            <translation>Erneut zu lesende und zu vergleichende &amp;Ausschnitte</translation>
        </message>
        <message>
            <location filename="../engine/blocking.py" />
            <source>Engine {0}, Python {1}, model {2}, device {3}</source>
            <translation>Engine {0}, Python {1}, Modell {2}, Gerät {3}</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>It ended {0} times within a minute and is not started again by itself; use Restart.</source>
            <translation>Sie endete {0}-mal binnen einer Minute und wird nicht mehr von selbst gestartet; verwenden Sie „Neu starten“.</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine was restarted. Ask again.</source>
            <translation>Die Engine wurde neu gestartet. Versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>An answer came that nobody waits for: {0}</source>
            <translation>Es kam eine Antwort, auf die niemand wartet: {0}</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine's greeting cannot be read: {0}. Install the engine again.</source>
            <translation>Die Begrüßung der Engine ist nicht lesbar: {0}. Installieren Sie die Engine neu.</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine speaks protocol {0}, this plugin {1}. Update the older of the two: the engine is {2}.</source>
            <translation>Die Engine spricht Protokollversion {0}, diese Erweiterung {1}. Aktualisieren Sie die ältere von beiden: Die Engine ist {2}.</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>Its last words: {0}</source>
            <translation>Ihre letzten Worte: {0}</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>{0} is a Python without cmpagl-qgis. Press Install the engine in the dock CMPAGL search, or by hand: {1}</source>
            <translation>{0} ist ein Python ohne cmpagl-qgis. Drücken Sie „Engine installieren“ im Dock „CMPAGL-Suche“, oder von Hand: {1}</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine did not answer within {0} s of its start. Is {1} a Python with cmpagl-qgis in it?</source>
            <translation>Die Engine antwortete nicht innerhalb von {0} s nach ihrem Start. Ist {1} ein Python mit cmpagl-qgis?</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine was restarted twice while this ran. Ask again.</source>
            <translation>Die Engine wurde währenddessen zweimal neu gestartet. Versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>Stopped.</source>
            <translation>Gestoppt.</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Plugin</source>
            <translation>Erweiterung</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Python of QGIS</source>
            <translation>Python von QGIS</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>System</source>
            <translation>System</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Engine</source>
            <translation>Engine</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Problem</source>
            <translation>Problem</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Engine version</source>
            <translation>Version der Engine</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Device</source>
            <translation>Gerät</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Re-ranking</source>
            <translation>Neuordnung</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Process</source>
            <translation>Prozess</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>{0} scenes, {1} chips, {2} MB, model {3} {4}</source>
            <translation>{0} Szenen, {1} Ausschnitte, {2} MB, Modell {3} {4}</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>It holds</source>
            <translation>Inhalt</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Its problem</source>
            <translation>Problem des Index</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>(none)</source>
            <translation>(keine)</translation>
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Last lines of the engine:</source>
            <translation>Letzte Zeilen der Engine:</translation>
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} is there already and was not made by this plugin; it stays as it is.</source>
            <translation>{0} gibt es schon und stammt nicht von dieser Erweiterung; es bleibt, wie es ist.</translation>
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>Rename it or move it away, then install again.</source>
            <translation>Benennen Sie ihn um oder verschieben Sie ihn, dann installieren Sie noch einmal.</translation>
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>No folder can be made in {0}: {1}. Make it writable, then install again.</source>
            <translation>In {0} kann kein Ordner angelegt werden: {1}. Machen Sie den Ort beschreibbar, dann installieren Sie noch einmal.</translation>
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} cannot be written: {1}.</source>
            <translation>{0} kann nicht geschrieben werden: {1}.</translation>
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} was not made by this plugin; nothing in it was deleted.</source>
            <translation>{0} stammt nicht von dieser Erweiterung; darin wurde nichts gelöscht.</translation>
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} cannot be deleted: {1}. Close programs that use it, then try again.</source>
            <translation>{0} kann nicht gelöscht werden: {1}. Schließen Sie Programme, die ihn verwenden, dann versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <location filename="../engine/install_plan.py" />
            <source>The disk of {0} has {1} MB free; {2} MB are needed. Free some space, then press Retry.</source>
            <translation>Das Laufwerk von {0} hat {1} MB frei; {2} MB werden gebraucht. Schaffen Sie Platz, dann drücken Sie „Wiederholen“.</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Stopped. What was made is removed.</source>
            <translation>Gestoppt. Was angelegt wurde, ist entfernt.</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Looking for a Python</source>
            <translation>Ein Python wird gesucht</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Nothing can be written to {0}: {1}. Make room or make it writable.</source>
            <translation>In {0} kann nichts geschrieben werden: {1}. Schaffen Sie Platz, oder machen Sie den Ordner beschreibbar.</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Another window of QGIS installs the engine. Wait for it, then press Retry.</source>
            <translation>Ein anderes QGIS-Fenster installiert die Engine. Warten Sie darauf, dann drücken Sie „Wiederholen“.</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>the lock file was refused</source>
            <translation>die Sperrdatei wurde verweigert</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>is Python {0}; the folder has wheels for {1}</source>
            <translation>ist Python {0}; der Ordner hat Wheels für {1}</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>None at hand fits; one is fetched with uv</source>
            <translation>Kein vorhandenes passt; eines wird mit uv geholt</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>it ended with code {0}</source>
            <translation>es endete mit Code {0}</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>makes no environment: {0}</source>
            <translation>legt keine Umgebung an: {0}</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>{0} has no wheel of pip.</source>
            <translation>{0} hat kein Wheel von pip.</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Ask for a whole one, where this folder came from.</source>
            <translation>Fragen Sie dort, woher dieser Ordner kam, nach einem vollständigen.</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Starting the engine for the first time</source>
            <translation>Die Engine startet zum ersten Mal</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>installed by this plugin</source>
            <translation>von dieser Erweiterung installiert</translation>
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>The engine was installed but does not work. {0}</source>
            <translation>Die Engine wurde installiert, funktioniert aber nicht. {0}</translation>
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>named in the options</source>
            <translation>in den Optionen angegeben</translation>
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>named when the plugin was installed</source>
            <translation>beim Installieren der Erweiterung genannt</translation>
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>named by {0}</source>
            <translation>von {0} angegeben</translation>
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>found on this computer</source>
            <translation>auf diesem Rechner gefunden</translation>
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>No engine is set up. Press Install the engine in the dock CMPAGL search, or name a Python that has it in Settings &gt; Options &gt; CMPAGL.</source>
            <translation>Es ist keine Engine eingerichtet. Klicken Sie im Bedienfeld CMPAGL-Suche auf „Engine installieren“, oder nennen Sie unter Einstellungen &gt; Optionen &gt; CMPAGL ein Python, das sie hat.</translation>
        </message>
        <message>
            <location filename="../engine/pip_fetch.py" />
            <source>it did not answer in time</source>
            <translation>keine rechtzeitige Antwort</translation>
        </message>
        <message>
            <location filename="../engine/pip_fetch.py" />
            <source>its answer is no list of packages</source>
            <translation>die Antwort ist keine Paketliste</translation>
        </message>
        <message>
            <location filename="../engine/pip_fetch.py" />
            <source>a package arrived damaged</source>
            <translation>ein Paket kam beschädigt an</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The disk of {0} is full. Free some space on it, then press Retry.</source>
            <translation>Das Laufwerk von {0} ist voll. Schaffen Sie darauf Platz, dann drücken Sie „Wiederholen“.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>A file in {0} could not be written: {1}. A virus scanner may hold it, or the folder may be protected. Press Retry; if it stays so, ask who looks after this computer.</source>
            <translation>Eine Datei in {0} konnte nicht geschrieben werden: {1}. Ein Virenscanner hält sie vielleicht fest, oder der Ordner ist geschützt. Drücken Sie „Wiederholen“; bleibt es so, fragen Sie, wer diesen Computer betreut.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>In {0} a package arrived damaged: {1}. Press Retry.</source>
            <translation>In {0} kam ein Paket beschädigt an: {1}. Drücken Sie „Wiederholen“.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The index has no engine for this computer: {1}. Wanted is a version for this system and this Python; take one from a folder of wheels, or update the plugin.</source>
            <translation>Der Paketindex hat keine Engine für diesen Computer: {1}. Gebraucht wird eine Version für dieses System und dieses Python; nehmen Sie eine aus einem Ordner mit Wheels, oder aktualisieren Sie die Erweiterung.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The folder {0} lacks a package for this computer: {1}. Wanted is a folder made for this system and this version of Python.</source>
            <translation>Dem Ordner {0} fehlt ein Paket für diesen Computer: {1}. Gebraucht wird ein Ordner für dieses System und diese Python-Version.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>It could not be installed: {0}. The log has all of it.</source>
            <translation>Die Installation ist fehlgeschlagen: {0}. Das Protokoll enthält alles.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>its name is not known to the network</source>
            <translation>der Name ist im Netzwerk nicht bekannt</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the connection was refused or cut</source>
            <translation>die Verbindung wurde abgelehnt oder getrennt</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>its certificate is not trusted</source>
            <translation>dem Zertifikat wird nicht vertraut</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the proxy asks for a name and a password</source>
            <translation>der Proxy verlangt Name und Passwort</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the proxy or the server forbids it</source>
            <translation>der Proxy oder der Server verbietet es</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the proxy did not answer</source>
            <translation>der Proxy antwortete nicht</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>pip cannot use a SOCKS proxy</source>
            <translation>pip kann keinen SOCKS-Proxy verwenden</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>{0} could not be reached: {1}.</source>
            <translation>{0} war nicht erreichbar: {1}.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The package index</source>
            <translation>Der Paketindex</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>QGIS's proxy {0} was used.</source>
            <translation>Der Proxy {0} von QGIS wurde verwendet.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>QGIS has no proxy set.</source>
            <translation>In QGIS ist kein Proxy gesetzt.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>Where a company inspects the network, add its certificate under Settings &gt; Options &gt; Authentication, then press Retry.</source>
            <translation>Wenn eine Firma das Netzwerk überwacht, fügen Sie ihr Zertifikat unter Einstellungen &gt; Optionen &gt; Authentifizierung hinzu, dann drücken Sie „Wiederholen“.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>Look at Settings &gt; Options &gt; Network, then press Retry.</source>
            <translation>Sehen Sie unter Einstellungen &gt; Optionen &gt; Netzwerk nach, dann drücken Sie „Wiederholen“.</translation>
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>Without network, install from a folder of wheels.</source>
            <translation>Ohne Netzwerk installieren Sie aus einem Ordner mit Wheels.</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>There is no file {0}. Name the Python that cmpagl-qgis is installed in.</source>
            <translation>Die Datei {0} gibt es nicht. Geben Sie das Python an, in dem cmpagl-qgis installiert ist.</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>The engine's greeting cannot be read: {0}. Install it again.</source>
            <translation>Die Begrüßung der Engine ist nicht lesbar: {0}. Installieren Sie sie neu.</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>The engine {0} speaks protocol {1}, this plugin {2}. Update the older one.</source>
            <translation>Die Engine {0} spricht Protokollversion {1}, diese Erweiterung {2}. Aktualisieren Sie die ältere.</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>Fit: cmpagl-qgis {0}, Python {1}, model {2} ({3}), device {4}.</source>
            <translation>Geeignet: cmpagl-qgis {0}, Python {1}, Modell {2} ({3}), Gerät {4}.</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>{0} is a Python without cmpagl-qgis. The command shown here installs it.</source>
            <translation>{0} ist ein Python ohne cmpagl-qgis. Der Befehl, der hier steht, installiert es.</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>The engine does not start: {0}</source>
            <translation>Die Engine startet nicht: {0}</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>{0} is no Python with the engine in it. {1} {2}</source>
            <translation>{0} ist kein Python mit der Engine. {1} {2}</translation>
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>{0} did not answer in time. Is it a Python with cmpagl-qgis in it?</source>
            <translation>{0} antwortete nicht rechtzeitig. Ist es ein Python mit cmpagl-qgis?</translation>
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine wrote what is no message: {0}</source>
            <translation>Die Engine schrieb etwas, das keine Nachricht ist: {0}</translation>
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine's Python {0} ({1}) cannot be started: {2}. Install the engine again in the dock CMPAGL search, or name another Python in Set up.</source>
            <translation>Das Python der Engine {0} ({1}) kann nicht gestartet werden: {2}. Installieren Sie die Engine im Dock „CMPAGL-Suche“ neu, oder nennen Sie unter „Einrichten“ ein anderes Python.</translation>
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine {0} crashed.</source>
            <translation>Die Engine {0} ist abgestürzt.</translation>
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine {0} ended with code {1}.</source>
            <translation>Die Engine {0} endete mit Code {1}.</translation>
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>Its last message broke off.</source>
            <translation>Ihre letzte Nachricht brach ab.</translation>
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>None can be fetched either: there is no uv, and no Python to bring it.</source>
            <translation>Es kann auch keines geholt werden: Es gibt kein uv und kein Python, um es zu holen.</translation>
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>uv, which fetches Python</source>
            <translation>uv, das Python holt</translation>
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>Python {0}, about 30 MB</source>
            <translation>Python {0}, etwa 30 MB</translation>
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>uv fetched no Python; the log has what it said.</source>
            <translation>uv hat kein Python geholt; das Protokoll enthält seine Meldung.</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>your folder cmpagl</source>
            <translation>Ihr Ordner cmpagl</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>on the search path</source>
            <translation>im Suchpfad</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>of QGIS</source>
            <translation>von QGIS</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>and {0} more</source>
            <translation>und {0} weitere</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>there is none</source>
            <translation>es gibt keines</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>No fit Python was found, wanted is 3.10 to 3.13: {0}. Install Python 3.12 from python.org, then press Retry.</source>
            <translation>Es wurde kein passendes Python gefunden, gebraucht wird 3.10 bis 3.13: {0}. Installieren Sie Python 3.12 von python.org, dann drücken Sie „Wiederholen“.</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>does not run: {0}</source>
            <translation>läuft nicht: {0}</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is Python {0}; wanted {1} to {2}</source>
            <translation>ist Python {0}; gebraucht wird {1} bis {2}</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is {0}; wanted the usual Python (CPython)</source>
            <translation>ist {0}; gebraucht wird das übliche Python (CPython)</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is a program of {0} bits; wanted 64</source>
            <translation>ist ein Programm mit {0} Bit; gebraucht werden 64</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is a free-threaded build; wanted the usual one</source>
            <translation>ist ein Free-Threaded-Build; gebraucht wird der übliche</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>lacks parts of Python: {0}</source>
            <translation>ist unvollständig, es fehlt: {0}</translation>
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>on this computer</source>
            <translation>auf diesem Computer</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Compare with reference sentences (quick)</source>
            <translation>Mit Vergleichssätzen vergleichen (schnell)</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Read the best places again (slower, gives probabilities)</source>
            <translation>Die besten Stellen noch einmal lesen (langsamer, liefert Wahrscheinlichkeiten)</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Both, one after the other</source>
            <translation>Beides nacheinander</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Found {0} sentences; at most {1} become classes of one layer.</source>
            <translation>{0} Sätze gefunden; höchstens {1} werden Klassen eines Layers.</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Examples go together with one sentence. Take the examples away, or leave one sentence in the line.</source>
            <translation>Beispiele gehen nur mit einem Satz zusammen. Entfernen Sie die Beispiele, oder lassen Sie einen Satz in der Zeile.</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>1 example</source>
            <translation>1 Beispiel</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0} examples</source>
            <translation>{0} Beispiele</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, narrowed</source>
            <translation>{0}, eingegrenzt</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, refined</source>
            <translation>{0}, verfeinert</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, learned</source>
            <translation>{0}, gelernt</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, to judge</source>
            <translation>{0}, zu beurteilen</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0} in {1}</source>
            <translation>{0} in {1}</translation>
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, {1}</source>
            <translation>{0}, {1}</translation>
        </message>
        <message>
            <location filename="../engine/tool_run.py" />
            <source>It did not answer in time.</source>
            <translation>Es antwortete nicht rechtzeitig.</translation>
        </message>
        <message>
            <location filename="../engine/tool_run.py" />
            <source>It crashed.</source>
            <translation>Es ist abgestürzt.</translation>
        </message>
        <message>
            <location filename="../engine/wheels.py" />
            <source>There is no folder {0}. Choose another one.</source>
            <translation>Den Ordner {0} gibt es nicht. Wählen Sie einen anderen.</translation>
        </message>
        <message>
            <location filename="../engine/wheels.py" />
            <source>{0} holds no cmpagl_qgis-….whl. Wanted is the folder with the engine and all that it needs, such as engine-linux-x86_64; choose that one.</source>
            <translation>{0} enthält kein cmpagl_qgis-….whl. Gebraucht wird der Ordner mit der Engine und allem, was sie braucht, zum Beispiel engine-linux-x86_64; wählen Sie diesen.</translation>
        </message>
        <message>
            <location filename="../flow/attribution_view.py" />
            <source>Looking into place {0}…</source>
            <translation>Stelle {0} wird angesehen…</translation>
        </message>
        <message>
            <location filename="../flow/attribution_view.py" />
            <source>This goes with a sentence, not with examples alone.</source>
            <translation>Das geht mit einem Satz, nicht mit Beispielen allein.</translation>
        </message>
        <message>
            <location filename="../flow/attribution_view.py" />
            <source>Its scene is not there.</source>
            <translation>Die Szene ist nicht da.</translation>
        </message>
        <message>
            <location filename="../flow/build_area.py" />
            <source>Draw a rectangle on the map around what is to be indexed.</source>
            <translation>Zeichnen Sie auf der Karte ein Rechteck um das, was indiziert werden soll.</translation>
        </message>
        <message>
            <location filename="../flow/build_area.py" />
            <source>The map shows no place on earth there. Give the project a CRS.</source>
            <translation>Die Karte zeigt dort keine Stelle auf der Erde. Geben Sie dem Projekt ein KBS.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Building {0}</source>
            <translation>{0} wird erstellt</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; searched the {0} chips that are ready</source>
            <translation>; durchsucht wurden die {0} fertigen Ausschnitte</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; searched what is ready: {0} of {1} chips</source>
            <translation>; durchsucht wurde, was fertig ist: {0} von {1} Ausschnitten</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; scenes are being looked at</source>
            <translation>; die Szenen werden angesehen</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; {0} of {1} scenes so far</source>
            <translation>; bisher {0} von {1} Szenen</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0}: {1} new chips in {2} s.</source>
            <translation>{0}: {1} neue Ausschnitte in {2} s.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0}: nothing new.</source>
            <translation>{0}: nichts Neues.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>1 scene could not be used.</source>
            <translation>1 Szene konnte nicht verwendet werden.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0} scenes could not be used.</source>
            <translation>{0} Szenen konnten nicht verwendet werden.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>1 scene could be read in part only.</source>
            <translation>1 Szene konnte nur teilweise gelesen werden.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0} scenes could be read in part only.</source>
            <translation>{0} Szenen konnten nur teilweise gelesen werden.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>There are {0} notes on scenes.</source>
            <translation>Es gibt {0} Hinweise zu Szenen.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>There is a note on 1 scene.</source>
            <translation>Es gibt einen Hinweis zu 1 Szene.</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Could not be used</source>
            <translation>Nicht verwendbar</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Could be read in part; the rest is indexed</source>
            <translation>Teilweise lesbar; der Rest ist indiziert</translation>
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Worth knowing</source>
            <translation>Hinweise</translation>
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>To see what has changed, an index needs two scenes of one place.</source>
            <translation>Um zu sehen, was sich verändert hat, braucht ein Index zwei Szenen eines Ortes.</translation>
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>Save changes</source>
            <translation>Veränderungen speichern</translation>
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>{0} since {1}</source>
            <translation>{0} seit {1}</translation>
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>{0} changed so; a map tip shows each before and after.</source>
            <translation>{0} haben sich so verändert; ein Kartentipp zeigt jede vorher und nachher.</translation>
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>Looking for changes: {0}</source>
            <translation>Suche nach Veränderungen: {0}</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>first_look</source>
            <translation>erster_ueberblick</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Save the first look</source>
            <translation>Ersten Überblick speichern</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>First look: {0}</source>
            <translation>Erster Überblick: {0}</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>The groups have no names: {0}</source>
            <translation>Die Gruppen haben keine Namen: {0}</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>classes</source>
            <translation>klassen</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Save the ground by class</source>
            <translation>Boden nach Klassen speichern</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Classes: {0}</source>
            <translation>Klassen: {0}</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Looked at is only what the switches say: {0}.</source>
            <translation>Betrachtet wird nur, was die Schalter sagen: {0}.</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>{0}: {1} ha, {2} %</source>
            <translation>{0}: {1} ha, {2} %</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Area by class</source>
            <translation>Fläche nach Klassen</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>{0} lies under the places. Most of it: {1}</source>
            <translation>{0} liegt unter den Orten. Das meiste davon: {1}</translation>
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Areas</source>
            <translation>Flächen</translation>
        </message>
        <message>
            <location filename="../flow/controller.py" />
            <source>Choose or build an index first.</source>
            <translation>Wählen oder erstellen Sie zuerst einen Index.</translation>
        </message>
        <message>
            <location filename="../flow/controller.py" />
            <source>Describe a place first, for example: {0}</source>
            <translation>Beschreiben Sie zuerst eine Stelle auf Englisch, zum Beispiel: {0}</translation>
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>Every place of {0} could be read.</source>
            <translation>Jede Stelle von {0} war lesbar.</translation>
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>QGIS cannot read what the engine wrote: {0}</source>
            <translation>QGIS kann nicht lesen, was die Engine schrieb: {0}</translation>
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>{0} of {1} could not be read; they are hatched in red, each with its reason.</source>
            <translation>{0} von {1} nicht lesbar; rot schraffiert, jeweils mit dem Grund.</translation>
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>Looking in {0} for places that could not be read</source>
            <translation>In {0} werden nicht lesbare Stellen gesucht</translation>
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>QGIS could not make a memory layer.</source>
            <translation>QGIS konnte keinen temporären Layer anlegen.</translation>
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>{0}: could not be read</source>
            <translation>{0}: nicht lesbar</translation>
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>Could not be read</source>
            <translation>Nicht lesbar</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Starting the engine…</source>
            <translation>Die Engine wird gestartet…</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>No engine</source>
            <translation>Keine Engine</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>The engine does not run</source>
            <translation>Die Engine läuft nicht</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Engine not started</source>
            <translation>Engine nicht gestartet</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>The engine does not run.</source>
            <translation>Die Engine läuft nicht.</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Set up the engine…</source>
            <translation>Engine einrichten…</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>CMPAGL: details</source>
            <translation>CMPAGL: Details</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>This plugin installed it: version {0}, in {1}.</source>
            <translation>Diese Erweiterung hat sie installiert: Version {0}, in {1}.</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>The variable {0} names another engine, which is used: {1}.</source>
            <translation>Die Variable {0} nennt eine andere Engine, und diese wird verwendet: {1}.</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Remove the engine {0}? Its folder {1} is deleted. Your indexes stay, and so do scenes and settings.</source>
            <translation>Engine {0} entfernen? Ihr Ordner {1} wird gelöscht. Ihre Indizes bleiben, ebenso Szenen und Einstellungen.</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Remove the engine</source>
            <translation>Engine entfernen</translation>
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>named in Set up</source>
            <translation>unter „Einrichten“ angegeben</translation>
        </message>
        <message>
            <location filename="../flow/examples.py" />
            <source>Click a place on the map; Esc gives up.</source>
            <translation>Klicken Sie eine Stelle auf der Karte an; Esc bricht ab.</translation>
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>No places are shown, so there is no scene to map.</source>
            <translation>Es werden keine Stellen angezeigt, also gibt es keine Szene für eine Heatmap.</translation>
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>Save heat map of {0}</source>
            <translation>Heatmap von {0} speichern</translation>
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>by example</source>
            <translation>nach Beispiel</translation>
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>Heat map {0} lies under the places.</source>
            <translation>Die Heatmap {0} liegt unter den Stellen.</translation>
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>Heat map of {0}</source>
            <translation>Heatmap von {0}</translation>
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Selected polygons</source>
            <translation>Gewählte Polygone</translation>
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Click a place or draw a rectangle on the map; Esc gives up.</source>
            <translation>Klicken Sie eine Stelle an, oder ziehen Sie ein Rechteck auf; Esc bricht ab.</translation>
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Select polygons of the active layer first.</source>
            <translation>Wählen Sie zuerst Polygone des aktiven Layers.</translation>
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Of {0} chips: {1}</source>
            <translation>Von {0} Ausschnitten: {1}</translation>
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Nothing in the list describes this place well. Nearest: {0}</source>
            <translation>Nichts in der Liste beschreibt diesen Ort gut. Am nächsten: {0}</translation>
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Search for it</source>
            <translation>Danach suchen</translation>
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Looking…</source>
            <translation>Wird angesehen…</translation>
        </message>
        <message>
            <location filename="../flow/history.py" />
            <source>Saved in the project; save the project to keep it.</source>
            <translation>Im Projekt gespeichert; speichern Sie das Projekt, damit es erhalten bleibt.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Save places</source>
            <translation>Stellen speichern</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>No places are shown, so there is nothing to save.</source>
            <translation>Es werden keine Stellen angezeigt, also gibt es nichts zu speichern.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>{0} is a scene that was searched and would be lost. Choose another file.</source>
            <translation>{0} ist eine durchsuchte Szene und ginge verloren. Wählen Sie eine andere Datei.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Save all footprints</source>
            <translation>Alle Umrisse speichern</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Kept as layer {0}, in {1}.</source>
            <translation>Als Layer {0} angeheftet, in {1}.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Kept as layer {0}, in memory: save the project first, then a pin writes it beside the project.</source>
            <translation>Als Layer {0} angeheftet, im Arbeitsspeicher: Speichern Sie zuerst das Projekt, dann schreibt das Anheften ihn neben das Projekt.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>{0} is not in the project; where nothing else lies, the map is empty there.</source>
            <translation>{0} ist nicht im Projekt; wo sonst nichts liegt, ist die Karte dort leer.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Load it</source>
            <translation>Laden</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Copied {0} (longitude, latitude).</source>
            <translation>{0} kopiert (Länge, Breite).</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Save picture</source>
            <translation>Bild speichern</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>{0} was not written.</source>
            <translation>{0} wurde nicht geschrieben.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Saved {0}</source>
            <translation>{0} gespeichert</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Saving {0}</source>
            <translation>{0} wird gespeichert</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Saved {0}: {1}.</source>
            <translation>{0} gespeichert: {1}.</translation>
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>It is layer {0} now.</source>
            <translation>Jetzt im Layer {0}.</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>{0}, {1} chips</source>
            <translation>{0}, {1} Ausschnitte</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>1 chip</source>
            <translation>1 Ausschnitt</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>{0}; {1} MB on disk</source>
            <translation>{0}; {1} MB auf dem Laufwerk</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Chips of {0} on the ground</source>
            <translation>Ausschnitte von {0} am Boden</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Model: {0} {1}</source>
            <translation>Modell: {0} {1}</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>It cannot be searched</source>
            <translation>Nicht durchsuchbar</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Problems</source>
            <translation>Probleme</translation>
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Scenes</source>
            <translation>Szenen</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>{0} was not finished. What is done stays; it goes on from there.</source>
            <translation>{0} wurde nicht fertig. Was fertig ist, bleibt; es geht dort weiter.</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Go on building</source>
            <translation>Weiter erstellen</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>The engine does not run, and without it nothing can be indexed.</source>
            <translation>Die Engine läuft nicht, und ohne sie kann nichts indiziert werden.</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Set up…</source>
            <translation>Einrichten…</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Open an index: a folder that ends in {0}</source>
            <translation>Index öffnen: ein Ordner, der auf {0} endet</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Address of the index, such as {0}:</source>
            <translation>Adresse des Index, etwa {0}:</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Open an index in an object store</source>
            <translation>Index in einem Objektspeicher öffnen</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Fetching {0}</source>
            <translation>{0} wird geholt</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Fetching was stopped. What is here stays for next time.</source>
            <translation>Das Holen wurde angehalten. Was da ist, bleibt für das nächste Mal.</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>The index is not open yet.</source>
            <translation>Der Index ist noch nicht offen.</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Show</source>
            <translation>Anzeigen</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Building {0} was stopped. What is done can be searched; build it again to go on.</source>
            <translation>Das Erstellen von {0} wurde gestoppt. Was fertig ist, kann durchsucht werden; erstellen Sie ihn noch einmal, um weiterzumachen.</translation>
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Building {0} broke off: {1}</source>
            <translation>Das Erstellen von {0} brach ab: {1}</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>CMPAGL: log of the installation</source>
            <translation>CMPAGL: Protokoll der Installation</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>It takes about {1} MB in {2}, where {3} MB are free.</source>
            <translation>Belegt werden etwa {1} MB in {2}, wo {3} MB frei sind.</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>About {0} MB are fetched; it takes up to {1} MB in {2}, where {3} MB are free.</source>
            <translation>Etwa {0} MB werden geholt; belegt werden bis zu {1} MB in {2}, wo {3} MB frei sind.</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>That is too little: free some space first.</source>
            <translation>Das ist zu wenig: Schaffen Sie zuerst Platz.</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>QGIS's proxy {0} is used.</source>
            <translation>Der Proxy {0} von QGIS wird verwendet.</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Looking for a Python…</source>
            <translation>Ein Python wird gesucht…</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>No Python from 3.10 to 3.13 is here; one will be fetched.</source>
            <translation>Kein Python von 3.10 bis 3.13 ist vorhanden; eines wird geholt.</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Python {0} will serve, {1} ({2})</source>
            <translation>Python {0} ist geeignet, {1} ({2})</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>An engine is on this computer already: {0} ({1}).</source>
            <translation>Auf diesem Computer gibt es schon eine Engine: {0} ({1}).</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Look for a Python</source>
            <translation>Python suchen</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Fetch a Python</source>
            <translation>Python holen</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Make a place for it</source>
            <translation>Umgebung anlegen</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Get the engine</source>
            <translation>Engine holen</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Unpack it</source>
            <translation>Entpacken</translation>
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Test it</source>
            <translation>Testen</translation>
        </message>
        <message>
            <location filename="../flow/job_session.py" />
            <source>Something long runs already. Wait until it is done, or stop it.</source>
            <translation>Es läuft schon etwas Langes. Warten Sie, bis es fertig ist, oder stoppen Sie es.</translation>
        </message>
        <message>
            <location filename="../flow/judgements.py" />
            <source>Kept and rejected places of the project cannot be read: {0}</source>
            <translation>Behaltene und verworfene Stellen des Projekts sind nicht lesbar: {0}</translation>
        </message>
        <message>
            <location filename="../flow/locator.py" />
            <source>Search imagery</source>
            <translation>Bilder durchsuchen</translation>
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>The map shows no place on earth. Give the project a CRS, or turn Map view off.</source>
            <translation>Die Karte zeigt keine Stelle auf der Erde. Geben Sie dem Projekt ein KBS, oder schalten Sie „Karte“ aus.</translation>
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>No visible layer is a raster file. Show one, or turn Layers off.</source>
            <translation>Kein sichtbarer Layer ist eine Rasterdatei. Zeigen Sie einen an, oder schalten Sie „Layer“ aus.</translation>
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>Choose a layer of polygons in the layer panel, or turn Selection off.</source>
            <translation>Wählen Sie einen Polygonlayer im Layerfenster, oder schalten Sie „Auswahl“ aus.</translation>
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>Nothing is selected in {0}. Select polygons, or turn Selection off.</source>
            <translation>In {0} ist nichts gewählt. Wählen Sie Polygone, oder schalten Sie „Auswahl“ aus.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Searching is done by a program of its own. It is installed into your QGIS profile; nothing else on this computer changes.</source>
            <translation>Die Suche erledigt ein eigenes Programm. Es wird in Ihr QGIS-Profil installiert; sonst ändert sich auf diesem Computer nichts.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>An installation was cut short. Installing again removes what it left.</source>
            <translation>Eine Installation wurde unterbrochen. Erneutes Installieren entfernt, was übrig blieb.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No engine yet</source>
            <translation>Noch keine Engine</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>I have one: set up…</source>
            <translation>Schon da: einrichten…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Installing the engine…</source>
            <translation>Die Engine wird installiert…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>It reads its model; this takes a few seconds.</source>
            <translation>Sie liest ihr Modell; das dauert einige Sekunden.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The engine did not start</source>
            <translation>Die Engine startete nicht</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Try again</source>
            <translation>Erneut versuchen</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The engine ended</source>
            <translation>Engine beendet</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>What shall be searched?</source>
            <translation>Was soll durchsucht werden?</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>An index holds your scenes, cut into small squares: chips. Build one once, then search it in a blink.</source>
            <translation>Ein Index enthält Ihre Szenen, zerlegt in kleine Quadrate: Ausschnitte. Einmal erstellt, ist er im Nu durchsucht.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Try it with a sample…</source>
            <translation>Mit einem Beispiel ausprobieren…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>You can search what is done, and go on working in QGIS.</source>
            <translation>Sie können durchsuchen, was fertig ist, und in QGIS weiterarbeiten.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Nothing of {0} is ready yet</source>
            <translation>Von {0} ist noch nichts fertig</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The first places can be searched after some seconds. Search again then.</source>
            <translation>Die ersten Stellen können nach einigen Sekunden durchsucht werden. Suchen Sie dann noch einmal.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Opening {0}…</source>
            <translation>{0} wird geöffnet…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Verify and repair…</source>
            <translation>Prüfen und reparieren…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>{0} cannot be opened</source>
            <translation>{0} lässt sich nicht öffnen</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Open another…</source>
            <translation>Anderen öffnen…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Take it off the list</source>
            <translation>Aus der Liste entfernen</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>{0} cannot be searched</source>
            <translation>{0} ist nicht durchsuchbar</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The engine does not say why.</source>
            <translation>Die Engine nennt keinen Grund.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Build a new one…</source>
            <translation>Neuen erstellen…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Type a sentence above and press Enter. For example:</source>
            <translation>Geben Sie oben einen englischen Satz ein und drücken Sie Enter. Zum Beispiel:</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Or click a place on the map…</source>
            <translation>Oder Stelle auf der Karte anklicken…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Searching…</source>
            <translation>Suche läuft…</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>By example</source>
            <translation>Nach Beispiel</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No place is right with {0} or more</source>
            <translation>Keine Stelle passt mit {0} oder mehr</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The best of {0} has {1}.</source>
            <translation>Die beste von {0} hat {1}.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No place scores {0} or more</source>
            <translation>Keine Stelle mit Ähnlichkeit {0} oder mehr</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The best of {0} scores {1}.</source>
            <translation>Die beste von {0} hat Ähnlichkeit {1}.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Nothing here fits</source>
            <translation>Hier passt nichts</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Show all</source>
            <translation>Alle anzeigen</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The index is empty.</source>
            <translation>Der Index ist leer.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No chip of the index lies where the search was narrowed to.</source>
            <translation>Dort, worauf die Suche eingegrenzt wurde, liegt kein Ausschnitt des Index.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>{0} of unknown date were left out.</source>
            <translation>{0} mit unbekanntem Datum wurden ausgelassen.</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Nothing to search there</source>
            <translation>Dort nichts zu durchsuchen</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Search everywhere</source>
            <translation>Überall suchen</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>This cannot be searched</source>
            <translation>Das ist nicht durchsuchbar</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Stopped</source>
            <translation>Gestoppt</translation>
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Press Enter to search again.</source>
            <translation>Enter drücken, um erneut zu suchen.</translation>
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>Outlines go with a sentence, not with examples alone.</source>
            <translation>Umrisse gibt es zu einem Satz, nicht zu Beispielen allein.</translation>
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>Save outlines in {0}</source>
            <translation>Umrisse in {0} speichern</translation>
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>1 outline</source>
            <translation>1 Umriss</translation>
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>{0} outlines</source>
            <translation>{0} Umrisse</translation>
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>{0} as exact as the step from chip to chip; a map tip tells it.</source>
            <translation>{0}, so genau wie der Schritt von Ausschnitt zu Ausschnitt; ein Kartentipp sagt, wie genau.</translation>
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>Outlines in {0}</source>
            <translation>Umrisse in {0}</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>A map is being rendered. Wait for it, or stop it.</source>
            <translation>Eine Karte wird gerendert. Warten Sie darauf, oder stoppen Sie es.</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>The map as it is shown, without labels</source>
            <translation>Die Karte wie angezeigt, ohne Beschriftungen</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>The map shows nothing. Add a layer, such as a web map, and show it.</source>
            <translation>Die Karte zeigt nichts. Fügen Sie einen Layer hinzu, zum Beispiel eine Webkarte, und zeigen Sie ihn an.</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>Rendering {0}</source>
            <translation>{0} wird gerendert</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>Rendering was stopped; nothing was written.</source>
            <translation>Das Rendern wurde gestoppt; nichts wurde geschrieben.</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>{0}: {1} megapixels rendered.</source>
            <translation>{0}: {1} Megapixel gerendert.</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>{0} of {1} pictures did not come, and these places are empty: {2}.</source>
            <translation>{0} von {1} Bildern fehlen, und ihre Stellen sind leer: {2}.</translation>
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>Not all could be drawn: {0}.</source>
            <translation>Nicht alles konnte gezeichnet werden: {0}.</translation>
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>{0} in {1} s</source>
            <translation>{0} in {1} s</translation>
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>{0}, refined, in {1} s</source>
            <translation>{0}, verfeinert, in {1} s</translation>
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>1 chip of unknown date left out</source>
            <translation>1 Ausschnitt mit unbekanntem Datum ausgelassen</translation>
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>{0} chips of unknown date left out</source>
            <translation>{0} Ausschnitte mit unbekanntem Datum ausgelassen</translation>
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>Results that were learned cannot be refined.</source>
            <translation>Gelernte Ergebnisse lassen sich nicht verfeinern.</translation>
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>Results of a search by example cannot be refined.</source>
            <translation>Ergebnisse einer Suche nach Beispiel können nicht verfeinert werden.</translation>
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>A sentence read by parts cannot be refined; search it as it stands.</source>
            <translation>Ein nach Teilen gelesener Satz lässt sich nicht verfeinern; suchen Sie ihn wörtlich.</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>keep #{0}</source>
            <translation>#{0} behalten</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>keep {0} places</source>
            <translation>{0} Stellen behalten</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>reject #{0}</source>
            <translation>#{0} verwerfen</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>reject {0} places</source>
            <translation>{0} Stellen verwerfen</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>undecide #{0}</source>
            <translation>#{0} wieder offen</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>undecide {0} places</source>
            <translation>{0} Stellen wieder offen</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>All places shown are kept or rejected.</source>
            <translation>Alle angezeigten Stellen sind behalten oder verworfen.</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>Choose one or more places in the list first.</source>
            <translation>Wählen Sie zuerst eine oder mehrere Stellen in der Liste.</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>Learning goes together with one sentence.</source>
            <translation>Gelernt wird mit einem einzelnen Satz.</translation>
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>Keep or reject some places first; then there is a lesson.</source>
            <translation>Erst einige Stellen behalten oder verwerfen, dann gibt es etwas zu lernen.</translation>
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>The sample is indexed by the engine. Try again when it runs and is idle.</source>
            <translation>Das Beispiel wird von der Engine indiziert. Versuchen Sie es erneut, wenn sie läuft und nichts zu tun hat.</translation>
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>Where the folder of the sample is made</source>
            <translation>Wo der Ordner des Beispiels angelegt wird</translation>
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>The sample cannot be put into {0}: {1}. Choose another folder.</source>
            <translation>Das Beispiel kann nicht nach {0} gelegt werden: {1}. Wählen Sie einen anderen Ordner.</translation>
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>Your project stays open. The sample's is {0}.</source>
            <translation>Ihr Projekt bleibt geöffnet. Das des Beispiels ist {0}.</translation>
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>CMPAGL sample</source>
            <translation>CMPAGL-Beispiel</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Save this search</source>
            <translation>Diese Suche speichern</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Open a saved search</source>
            <translation>Gespeicherte Suche öffnen</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Search first; what was asked is saved.</source>
            <translation>Zuerst suchen; gespeichert wird, was gefragt war.</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Saved in {0}.</source>
            <translation>In {0} gespeichert.</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Saved search (*.json)</source>
            <translation>Gespeicherte Suche (*.json)</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>a box</source>
            <translation>ein Rechteck</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>an area</source>
            <translation>eine Fläche</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>scenes</source>
            <translation>Szenen</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>a range of sizes</source>
            <translation>einen Bereich von Größen</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>This search is also narrowed to {0}, for which there is no switch; the next one is not.</source>
            <translation>Diese Suche ist auch eingegrenzt auf {0}; dafür gibt es keinen Schalter, und die nächste ist es nicht.</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>1 new place</source>
            <translation>1 neuer Ort</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>{0} new places</source>
            <translation>{0} neue Orte</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>{0} for the saved search; those shown are chosen.</source>
            <translation>{0} zur gespeicherten Suche; die gezeigten sind ausgewählt.</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Several sentences cannot be saved as one search; leave one.</source>
            <translation>Mehrere Sätze lassen sich nicht als eine Suche speichern; nur einen stehen lassen.</translation>
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>The search has words with or without, which the dock does not take: {0}</source>
            <translation>Die Suche hat Wörter mit oder ohne, die das Fenster nicht annimmt: {0}</translation>
        </message>
        <message>
            <location filename="../flow/thumbnails.py" />
            <source>No folder for thumbnails: {0}</source>
            <translation>Kein Ordner für Vorschaubilder: {0}</translation>
        </message>
        <message>
            <location filename="../flow/thumbnails.py" />
            <source>No thumbnails: {0}</source>
            <translation>Keine Vorschaubilder: {0}</translation>
        </message>
        <message>
            <location filename="../flow/thumbnails.py" />
            <source>A thumbnail stays: {0}</source>
            <translation>Ein Vorschaubild bleibt: {0}</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repairing {0}</source>
            <translation>{0} wird repariert</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Verifying {0}</source>
            <translation>{0} wird geprüft</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repair</source>
            <translation>Reparieren</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repairing {0} was stopped; what was mended stays so.</source>
            <translation>Das Reparieren von {0} wurde gestoppt; was repariert ist, bleibt es.</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Verifying {0} was stopped.</source>
            <translation>Das Prüfen von {0} wurde gestoppt.</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0} is whole: {1} chips of {2} scenes.</source>
            <translation>{0} ist unversehrt: {1} Ausschnitte aus {2} Szenen.</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0} were read again and are the same.</source>
            <translation>{0} wurden erneut gelesen und sind gleich.</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>1 problem</source>
            <translation>1 Problem</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0} problems</source>
            <translation>{0} Probleme</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0}: {1} made anew</source>
            <translation>{0}: {1} neu erzeugt</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>whole now</source>
            <translation>jetzt unversehrt</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Made anew</source>
            <translation>Neu erzeugt</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Damaged in the index</source>
            <translation>Im Index beschädigt</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repair makes these anew from the scenes and changes nothing else.</source>
            <translation>„Reparieren“ erzeugt diese neu aus den Szenen und ändert sonst nichts.</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Left to you</source>
            <translation>Ihnen überlassen</translation>
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>A scene that has changed is indexed again by Add scenes; one that is gone is found again when it is put back.</source>
            <translation>Eine geänderte Szene wird mit „Szenen hinzufügen“ neu indiziert; eine fehlende wird gefunden, wenn sie zurückgelegt wird.</translation>
        </message>
        <message>
            <location filename="../greeting.py" />
            <source>Find places in your imagery with a sentence.</source>
            <translation>Orte in Ihren Bildern mit einem Satz finden.</translation>
        </message>
        <message>
            <location filename="../greeting.py" />
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <location filename="../map/export.py" />
            <source>Found the suffix {0}; wanted one of {1}.</source>
            <translation>Dateiendung {0} gefunden; gebraucht wird eine von {1}.</translation>
        </message>
        <message>
            <location filename="../map/export.py" />
            <source>This QGIS cannot show {0} as a layer.</source>
            <translation>Dieses QGIS kann {0} nicht als Layer anzeigen.</translation>
        </message>
        <message>
            <location filename="../map/export.py" />
            <source>{0} was not written: {1}</source>
            <translation>{0} wurde nicht geschrieben: {1}</translation>
        </message>
        <message>
            <location filename="../map/filters.py" />
            <source>Layer {0} has no polygons; select some in one that has.</source>
            <translation>Layer {0} hat keine Polygone; wählen Sie Polygone in einem anderen Layer.</translation>
        </message>
        <message>
            <location filename="../map/filters.py" />
            <source>Layer {0} has no CRS; set it in its properties.</source>
            <translation>Layer {0} hat kein KBS; setzen Sie es in seinen Eigenschaften.</translation>
        </message>
        <message>
            <location filename="../map/filters.py" />
            <source>The selected polygons of {0} are not valid; repair them with Fix geometries.</source>
            <translation>Die gewählten Polygone von {0} sind nicht gültig; reparieren Sie sie mit „Geometrien reparieren“.</translation>
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>A footprint cannot be read: {0}</source>
            <translation>Ein Umriss ist nicht lesbar: {0}</translation>
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>A polygon cannot be brought from {0} to {1}: {2}</source>
            <translation>Ein Polygon kann nicht von {0} nach {1} transformiert werden: {2}</translation>
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>its CRS</source>
            <translation>seinem KBS</translation>
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>it lies outside</source>
            <translation>es liegt außerhalb</translation>
        </message>
        <message>
            <location filename="../map/group.py" />
            <source>CMPAGL matches</source>
            <translation>CMPAGL-Treffer</translation>
        </message>
        <message>
            <location filename="../map/heat.py" />
            <source>QGIS cannot read {0}.</source>
            <translation>QGIS kann {0} nicht lesen.</translation>
        </message>
        <message>
            <location filename="../map/map_tools.py" />
            <source>The map shows no place on earth there.</source>
            <translation>Die Karte zeigt dort keine Stelle auf der Erde.</translation>
        </message>
        <message>
            <location filename="../map/map_tools.py" />
            <source>The project has no CRS, so a place on the map is none on earth.</source>
            <translation>Das Projekt hat kein KBS, daher ist eine Stelle auf der Karte keine auf der Erde.</translation>
        </message>
        <message>
            <location filename="../map/map_tools.py" />
            <source>There is no place on earth where you clicked.</source>
            <translation>Wo Sie geklickt haben, gibt es keine Stelle auf der Erde.</translation>
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>The area is empty. Choose one on the map.</source>
            <translation>Der Bereich ist leer. Wählen Sie einen auf der Karte.</translation>
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>{0} counts in degrees. Choose a coordinate system in metres, such as UTM.</source>
            <translation>{0} rechnet in Grad. Wählen Sie ein Koordinatensystem in Metern, zum Beispiel UTM.</translation>
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>The CRS</source>
            <translation>Das KBS</translation>
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>{0} x {1} pixels are more than {2} megapixels. Take a smaller area or larger pixels.</source>
            <translation>{0} x {1} Pixel sind mehr als {2} Megapixel. Nehmen Sie einen kleineren Bereich oder größere Pixel.</translation>
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>The area lies outside what {0} can show. Choose another coordinate system.</source>
            <translation>{0} kann diesen Bereich nicht darstellen. Wählen Sie ein anderes Koordinatensystem.</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>Give the whole path of a file that ends in .tif.</source>
            <translation>Geben Sie den vollständigen Pfad einer Datei an, die auf .tif endet.</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} is no folder that can be written to. Choose another one.</source>
            <translation>{0} ist kein beschreibbarer Ordner. Wählen Sie einen anderen.</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} is a folder. Choose another name.</source>
            <translation>{0} ist ein Ordner. Wählen Sie einen anderen Namen.</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} is the file of layer {1} and would be lost. Choose another file.</source>
            <translation>{0} ist die Datei des Layers {1} und ginge verloren. Wählen Sie eine andere Datei.</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} could not be written: {1}</source>
            <translation>{0} konnte nicht geschrieben werden: {1}</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>If a layer shows it, remove that layer first.</source>
            <translation>Zeigt ein Layer sie an, entfernen Sie diesen zuerst.</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>Layer {0} cannot be opened: {1}</source>
            <translation>Layer {0} kann nicht geöffnet werden: {1}</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>its server does not answer</source>
            <translation>sein Server antwortet nicht</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>Nothing was drawn there, and no file was written. {0}</source>
            <translation>Dort wurde nichts gezeichnet und keine Datei geschrieben. {0}</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>No GeoTIFF could be made in {0}. {1}</source>
            <translation>In {0} konnte kein GeoTIFF angelegt werden. {1}</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>The file takes no more: {0}. Free space on the disk, or choose another one.</source>
            <translation>Die Datei nimmt nichts mehr auf: {0}. Schaffen Sie Platz auf dem Laufwerk, oder wählen Sie ein anderes.</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>no answer in time</source>
            <translation>keine Antwort zur rechten Zeit</translation>
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>it sent no picture but a message</source>
            <translation>es kam kein Bild, sondern eine Meldung</translation>
        </message>
        <message>
            <location filename="../map/scale.py" />
            <source>below {0}</source>
            <translation>unter {0}</translation>
        </message>
        <message>
            <location filename="../map/scale.py" />
            <source>relevance {0} or more</source>
            <translation>Relevanz {0} oder mehr</translation>
        </message>
        <message>
            <location filename="../map/scale.py" />
            <source>score {0} or more</source>
            <translation>Ähnlichkeit {0} oder mehr</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} is no raster layer.</source>
            <translation>Layer {0} ist kein Rasterlayer.</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} has no file (it comes from {1}); save it as GeoTIFF (Export &gt; Save As) and take that.</source>
            <translation>Layer {0} hat keine Datei (er kommt von {1}); speichern Sie ihn als GeoTIFF (Exportieren &gt; Speichern als) und nehmen Sie das.</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} has no CRS; set it in its properties, or with Assign Projection.</source>
            <translation>Layer {0} hat kein KBS; setzen Sie es in seinen Eigenschaften oder mit „Projektion zuweisen“.</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} is part of a Sentinel-2 product; take its folder (Add a folder).</source>
            <translation>Layer {0} gehört zu einem Sentinel-2-Produkt; nehmen Sie dessen Ordner (Ordner hinzufügen).</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} is one of several in {1}; save it as GeoTIFF and take that.</source>
            <translation>Layer {0} ist einer von mehreren in {1}; speichern Sie ihn als GeoTIFF und nehmen Sie das.</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} lies in an archive or in memory ({1}); take a file on disk.</source>
            <translation>Layer {0} liegt in einem Archiv oder im Arbeitsspeicher ({1}); nehmen Sie eine Datei auf dem Laufwerk.</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>The file of layer {0} is not there: {1}</source>
            <translation>Die Datei des Layers {0} ist nicht da: {1}</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>The scene {0} is not there any more.</source>
            <translation>Die Szene {0} ist nicht mehr da.</translation>
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>QGIS cannot read the scene {0}.</source>
            <translation>QGIS kann die Szene {0} nicht lesen.</translation>
        </message>
        <message>
            <location filename="../map/style.py" />
            <source>probability</source>
            <translation>Wahrscheinlichkeit</translation>
        </message>
        <message>
            <location filename="../map/style.py" />
            <source>relevance</source>
            <translation>Relevanz</translation>
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>change from {0}</source>
            <translation>Veränderung ab {0}</translation>
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>relevance {0} before, {1} after</source>
            <translation>Relevanz vorher {0}, nachher {1}</translation>
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>left before, right after</source>
            <translation>links vorher, rechts nachher</translation>
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>as exact as {0} m</source>
            <translation>auf {0} m genau</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>The Python that cmpagl-qgis is installed in</source>
            <translation>Das Python, in dem cmpagl-qgis installiert ist</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>found by itself</source>
            <translation>von selbst gefunden</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>The Python with the engine in it, such as .venv/bin/python. Empty: the one that was named when the plugin was installed, else one that is found on this computer.</source>
            <translation>Das Python mit der Engine, etwa .venv/bin/python. Leer: das beim Installieren der Erweiterung genannte, sonst eines, das auf diesem Rechner gefunden wird.</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>the model that made the index</source>
            <translation>das Modell, das den Index erstellt hat</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>A name that 'cmpagl models' lists, or the folder of a model.</source>
            <translation>Ein Name, den „cmpagl models“ auflistet, oder der Ordner eines Modells.</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>choose by itself</source>
            <translation>von selbst wählen</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>graphics card (CUDA)</source>
            <translation>Grafikkarte (CUDA)</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>processor (CPU)</source>
            <translation>Prozessor (CPU)</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>These three hold from the next start of the engine.</source>
            <translation>Diese drei gelten ab dem nächsten Start der Engine.</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Number of results</source>
            <translation>Anzahl der Ergebnisse</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Results below this score are hidden.</source>
            <translation>Ergebnisse unter dieser Ähnlichkeit werden ausgeblendet.</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Lowest score</source>
            <translation>Geringste Ähnlichkeit</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source> px</source>
            <translation> px</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Side of a thumbnail</source>
            <translation>Größe der Vorschaubilder</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Each search makes a layer of its own</source>
            <translation>Jede Suche legt einen eigenen Layer an</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Fill the places on the map, too</source>
            <translation>Die Stellen auf der Karte auch füllen</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Outlines alone leave what was found in full view.</source>
            <translation>Umrisse allein lassen das Gefundene ganz sichtbar.</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>named here</source>
            <translation>hier angegeben</translation>
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Asking {0} ...</source>
            <translation>{0} wird gefragt ...</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Search imagery with a sentence (CMPAGL)</source>
            <translation>Bilder mit einem Satz durchsuchen (CMPAGL)</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>User guide</source>
            <translation>Benutzerhandbuch</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Stopped; nothing was written.</source>
            <translation>Gestoppt; nichts wurde geschrieben.</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Index (.cmpagl folder, or an address such as s3://bucket/town.cmpagl)</source>
            <translation>Index (Ordner .cmpagl, oder eine Adresse wie s3://bucket/town.cmpagl)</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>What to find</source>
            <translation>Was gesucht wird</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Take the sentence as it stands, not by parts</source>
            <translation>Den Satz wörtlich nehmen, nicht nach Teilen</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Say what to find, in a sentence.</source>
            <translation>Geben Sie in einem englischen Satz an, was gesucht wird.</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Read as: {0}</source>
            <translation>Gelesen als: {0}</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Left out 1 chip of unknown date</source>
            <translation>1 Ausschnitt mit unbekanntem Datum ausgelassen</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Left out {0} chips of unknown date</source>
            <translation>{0} Ausschnitte mit unbekanntem Datum ausgelassen</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>The layer {0} cannot be read.</source>
            <translation>Der Layer {0} ist nicht lesbar.</translation>
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>{0} is no place of an index. Give its folder, or its address in an object store (s3://, gs:// or az://).</source>
            <translation>{0} ist kein Ort eines Index. Geben Sie seinen Ordner an, oder seine Adresse in einem Objektspeicher (s3://, gs:// oder az://).</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Build index</source>
            <translation>Index erstellen</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>embeddings,chips,tiles,search,text,deep learning,vision-language</source>
            <translation>Embeddings,Ausschnitte,Kacheln,Suche,Text,Deep Learning,Vision-Language</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Cuts georeferenced images into chips, has the model look at each and keeps what it saw in an index, a folder whose name should end in .cmpagl, or an address in an object store (s3://, gs:// or az://).

Give raster layers, a folder of rasters, or both. Files on disk and files on a server (/vsicurl, /vsis3) can be indexed; web maps are refused by their name: Render map to a scene makes a file of one. A CRS that was set on a layer counts.

Run it again with the same output to add scenes or to go on after a stop: what is there already is not done twice.

Ground sizes are the sides of the chips in metres, such as 150,300,600. They decide what can be found: boats in chips of 100 m, a harbour in chips of 400 m. Without them two or three are chosen for each scene.

Outputs: the index, and the numbers of its scenes, of new chips, of scenes that were there already, and of scenes with problems.</source>
            <translation>Zerlegt georeferenzierte Bilder in Ausschnitte, lässt das Modell jeden ansehen und legt, was es sah, in einem Index ab: einem Ordner, dessen Name auf .cmpagl enden sollte, oder einer Adresse in einem Objektspeicher (s3://, gs:// oder az://).

Geben Sie Rasterlayer, einen Ordner mit Rastern oder beides an. Dateien auf einem Laufwerk und auf einem Server (/vsicurl, /vsis3) können indiziert werden; Webkarten werden mit Namen abgelehnt: „Karte in eine Szene rendern“ macht eine Datei daraus. Ein KBS, das für einen Layer gesetzt wurde, gilt.

Erneut mit derselben Ausgabe ausgeführt, werden Szenen hinzugefügt, oder es geht nach einem Stopp weiter: Was schon da ist, wird nicht noch einmal gemacht.

Bodengrößen sind die Seitenlängen der Ausschnitte in Metern, etwa 150,300,600. Sie entscheiden, was gefunden werden kann: Boote in Ausschnitten von 100 m, ein Hafen in solchen von 400 m. Ohne sie werden für jede Szene zwei oder drei gewählt.

Ausgaben: der Index sowie die Anzahl seiner Szenen, neuer Ausschnitte, schon vorhandener Szenen und von Szenen mit Problemen.</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Raster layers</source>
            <translation>Rasterlayer</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Folder of rasters</source>
            <translation>Ordner mit Rastern</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Model, by name (empty: the usual one)</source>
            <translation>Modell, nach Namen (leer: das übliche)</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Scenes in the index</source>
            <translation>Szenen im Index</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>New chips</source>
            <translation>Neue Ausschnitte</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Scenes that were there already</source>
            <translation>Szenen, die schon da waren</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Scenes with problems</source>
            <translation>Szenen mit Problemen</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Chips of the scene's own pixels (one size instead)</source>
            <translation>Ausschnitte aus eigenen Pixeln der Szene (stattdessen eine Größe)</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Ground sizes of chips, metres, between commas</source>
            <translation>Bodengrößen der Ausschnitte, Meter, durch Kommas getrennt</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Metres a chip pixel (one size instead)</source>
            <translation>Meter je Pixel des Ausschnitts (stattdessen eine Größe)</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Share that neighbouring chips repeat</source>
            <translation>Überlappung benachbarter Ausschnitte (Anteil)</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Bands for red, green, blue, from 1, between commas</source>
            <translation>Kanäle für Rot, Grün, Blau, ab 1, durch Kommas getrennt</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Stretch: auto, none, percentile, or LOW,HIGH</source>
            <translation>Streckung: auto, none, percentile oder LOW,HIGH</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Least share of valid pixels in a chip</source>
            <translation>Mindestanteil gültiger Pixel in einem Ausschnitt</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Nothing to index: give raster layers, a folder, or both.</source>
            <translation>Nichts zu indizieren: Geben Sie Rasterlayer, einen Ordner oder beides an.</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Ground sizes</source>
            <translation>Bodengrößen</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>No scene could be indexed. {0}</source>
            <translation>Keine Szene konnte indiziert werden. {0}</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Stopped; what was finished is kept, and the same run goes on from there.</source>
            <translation>Gestoppt; was fertig wurde, ist erhalten, und derselbe Lauf macht dort weiter.</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>{0}: found {1!r}, wanted numbers between commas, such as {2}</source>
            <translation>{0}: {1!r} gefunden, gebraucht werden durch Kommas getrennte Zahlen, zum Beispiel {2}</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>{0} scenes in the index, {2} of them unchanged; {1} new chips; {3:.1f} s</source>
            <translation>{0} Szenen im Index, {2} davon unverändert; {1} neue Ausschnitte; {3:.1f} s</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>left out: {0} ({1})</source>
            <translation>ausgelassen: {0} ({1})</translation>
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>note: {0}</source>
            <translation>Hinweis: {0}</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>change,detection,difference,dates,years</source>
            <translation>Veränderung,Erkennung,Unterschied,Daten,Jahre</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Finds places that match a sentence in the later of two indexed scenes and matched it less in the earlier one, ranked by how much their relevance rose. Both scenes must be in the index; the earlier one is read again, because its chips lie on another grid.

Columns: rank; change (by how much the relevance rose); difference (how unlike the two views are, whatever was asked); relevance and score (cosine) before and after; both scenes; the chip in pixels of the later one. In longitude and latitude (EPSG:4326).</source>
            <translation>Findet Stellen, die in der späteren von zwei indizierten Szenen zu einem Satz passen und in der früheren weniger, geordnet danach, wie sehr ihre Relevanz stieg. Beide Szenen müssen im Index sein; die frühere wird noch einmal gelesen, weil ihre Ausschnitte auf einem anderen Gitter liegen.

Spalten: rank; change (um wie viel die Relevanz stieg); difference (wie unähnlich sich beide Ansichten sind, was immer gefragt war); relevance und score (Kosinus) vorher und nachher; beide Szenen; der Ausschnitt in Pixeln der späteren. In Länge und Breite (EPSG:4326).</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>What is there now</source>
            <translation>Was jetzt da ist</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>What was there before</source>
            <translation>Was vorher da war</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Earlier scene, one that is in the index</source>
            <translation>Frühere Szene, eine, die im Index ist</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Later scene, one that is in the index</source>
            <translation>Spätere Szene, eine, die im Index ist</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Least difference of the two views</source>
            <translation>Kleinster Unterschied beider Ansichten</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Changes</source>
            <translation>Veränderungen</translation>
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Number of matches</source>
            <translation>Anzahl der Treffer</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>classes,land cover,zero-shot,accuracy,confusion matrix,kappa</source>
            <translation>Klassen,Landbedeckung,Zero-Shot,Genauigkeit,Konfusionsmatrix,Kappa</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Gives each chip of an index the class that it fits best. The classes are a CSV file: a name and one or more sentences in each line, such as: harbour,ships in a harbour.

Columns: class (none where it reaches the cut-off of no class), nearest (the class it fits best all the same), score, relevance, margin to the second class, and the place.

Ground by class is a layer with one shape for each class in each scene, no place twice, and colours of its own.

Areas by class count each place once: a cell as fine as the steps of the smallest chips is of the class that most chips over it have. Where labels are given, the accuracy sheet has the confusion matrix, precision, recall, overall accuracy and kappa.</source>
            <translation>Gibt jedem Ausschnitt eines Index die Klasse, zu der er am besten passt. Die Klassen stehen in einer CSV-Datei: in jeder Zeile ein Name und ein oder mehrere (englische) Sätze, etwa: harbour,ships in a harbour.

Spalten: class (none, wo keine Klasse ihre Schwelle erreicht), nearest (die Klasse, die trotzdem am besten passt), score, relevance, margin zur zweiten Klasse, und der Ort.

Boden je Klasse ist ein Layer mit einer Fläche für jede Klasse in jeder Szene, kein Ort doppelt, mit eigenen Farben.

Flächen je Klasse zählen jeden Ort einmal: eine Zelle, so fein wie die Schritte der kleinsten Ausschnitte, gehört zu der Klasse, die die meisten Ausschnitte darüber haben. Wo Bezugsdaten gegeben sind, enthält die Tabelle der Genauigkeit Konfusionsmatrix, Genauigkeit (precision), Trefferquote (recall), Gesamtgenauigkeit und Kappa.</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Classes (.csv)</source>
            <translation>Klassen (.csv)</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Least relevance</source>
            <translation>Geringste Relevanz</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Labels: points or polygons whose class is known</source>
            <translation>Bezugsdaten: Punkte oder Polygone, deren Klasse bekannt ist</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Attribute with the class</source>
            <translation>Attribut mit der Klasse</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Number of chips</source>
            <translation>Anzahl der Ausschnitte</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Ground by class</source>
            <translation>Boden je Klasse</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Areas by class</source>
            <translation>Flächen je Klasse</translation>
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Accuracy sheet</source>
            <translation>Tabelle der Genauigkeit</translation>
        </message>
        <message>
            <location filename="../processing/copied.py" />
            <source>The output takes no more: {0}</source>
            <translation>Die Ausgabe nimmt nichts mehr auf: {0}</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>What is here?</source>
            <translation>Was ist hier?</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>describe,caption,label,annotate,identify</source>
            <translation>beschreiben,Beschriftung,Bezeichnung,annotieren,bestimmen</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Says what points and polygons of a layer show, by the sentences of a list that are nearest to the chips of an index there: of a point the chip whose middle is nearest, of a polygon all that touch it. Where scenes, sizes or days are given, only those chips are asked, of a point all that lie over it.

Columns added: said (the sentence that fits most of the chips; empty where none describes the place well), its relevance, share (of the chips that it can be said of), nearest (the nearest sentences), chips.</source>
            <translation>Sagt, was Punkte und Polygone eines Layers zeigen, mit den Sätzen einer Liste, die den Ausschnitten eines Index dort am nächsten sind: bei einem Punkt der Ausschnitt, dessen Mitte am nächsten liegt, bei einem Polygon alle, die es berühren. Wo Szenen, Größen oder Tage gegeben sind, werden nur diese Ausschnitte gefragt, bei einem Punkt alle, die über ihm liegen.

Neue Spalten: said (der Satz, der zu den meisten Ausschnitten passt; leer, wo keiner den Ort gut beschreibt), seine relevance, share (Anteil der Ausschnitte, von denen er gesagt werden kann), nearest (die nächsten Sätze), chips.</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Points or polygons</source>
            <translation>Punkte oder Polygone</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Nearest sentences</source>
            <translation>Nächste Sätze</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>What may be said: a text, one sentence a line</source>
            <translation>Was gesagt werden darf: ein Text, ein Satz je Zeile</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Described</source>
            <translation>Beschrieben</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Places that were described</source>
            <translation>Orte, die beschrieben wurden</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>{0} of the places lie where the index has no chip.</source>
            <translation>{0} der Orte liegen, wo der Index keinen Ausschnitt hat.</translation>
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>{0} of the places have no chip of these scenes, sizes and days.</source>
            <translation>{0} der Orte haben keinen Ausschnitt dieser Szenen, Größen und Tage.</translation>
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Index footprints</source>
            <translation>Umrisse des Index</translation>
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>chips,tiles,coverage,grid</source>
            <translation>Ausschnitte,Kacheln,Abdeckung,Gitter</translation>
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Writes the footprint of every chip of an index as a polygon in longitude and latitude (EPSG:4326), with its scene, its window in pixels and its side on the ground in metres. An index of a large area has many: a GeoPackage takes them best.</source>
            <translation>Schreibt den Umriss jedes Ausschnitts eines Index als Polygon in Länge und Breite (EPSG:4326), mit seiner Szene, seinem Fenster in Pixeln und seiner Seitenlänge am Boden in Metern. Ein Index eines großen Gebiets hat viele: Ein GeoPackage nimmt sie am besten auf.</translation>
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Damaged places</source>
            <translation>Beschädigte Stellen</translation>
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>damage,corrupt,unreadable,chips,tiles</source>
            <translation>Schaden,beschädigt,unlesbar,Ausschnitte,Kacheln</translation>
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Writes the footprint of every chip that could not be read when its scene was indexed, because a part of the file is damaged: a polygon in longitude and latitude (EPSG:4326), with its scene, its window in pixels and the reason. No polygons: all could be read.</source>
            <translation>Schreibt den Umriss jedes Ausschnitts, der beim Indizieren seiner Szene nicht gelesen werden konnte, weil ein Teil der Datei beschädigt ist: ein Polygon in Länge und Breite (EPSG:4326), mit seiner Szene, seinem Fenster in Pixeln und dem Grund. Keine Polygone: Alles war lesbar.</translation>
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Heat map</source>
            <translation>Heatmap</translation>
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>similarity,density,raster,heatmap</source>
            <translation>Ähnlichkeit,Dichte,Raster,Heatmap</translation>
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Writes how well each place of an indexed scene matches a sentence, as a raster (GeoTIFF) that lies where the scene lies. The scene itself is not read.

A cell is as large as the step from chip to chip. It has the mean similarity of the chips over it. Where there are several ground sizes, small ones count more, and each has a band of its own behind the first. Similarities compare the places of one sentence, they are no probabilities.</source>
            <translation>Schreibt, wie gut jede Stelle einer Szene des Index zu einem Satz passt, als Raster (GeoTIFF), das dort liegt, wo die Szene liegt. Die Szene selbst wird nicht gelesen.

Eine Zelle ist so groß wie der Schritt von Ausschnitt zu Ausschnitt. Sie hat die mittlere Ähnlichkeit der Ausschnitte darüber. Gibt es mehrere Größen am Boden, zählen kleine mehr, und jede hat hinter dem ersten ein eigenes Band. Ähnlichkeiten vergleichen die Stellen eines Satzes, sie sind keine Wahrscheinlichkeiten.</translation>
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Scene, one that is in the index</source>
            <translation>Szene, die im Index ist</translation>
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Least similarity</source>
            <translation>Geringste Ähnlichkeit</translation>
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Greatest similarity</source>
            <translation>Größte Ähnlichkeit</translation>
        </message>
        <message>
            <location filename="../processing/hit_sink.py" />
            <source>Columns: rank (1 is best); score (cosine similarity, ranks the places of one query, no probability); relevance (0 to 1: how likely a person would call the place right; empty for a search by example); probability (0 to 1, only where refining read the place again); scene (path of the file); datetime (when it was taken, where that is known); id and source (what imported embeddings say of it); ground_m (side of the chip on the ground, metres); gsd_m (metres a pixel at which it was seen); col, row, width, height (the chip in pixels of the scene); query; siblings (the same ground in other scenes, at other dates and sizes, best first; its own scene is not named); class and review (for you to fill in: keep or reject is shown on the map); hit_key (names the chip).

The layer has the CRS of the scenes where all share one, else longitude and latitude (EPSG:4326).</source>
            <translation>Spalten: rank (1 ist am besten); score (Kosinus-Ähnlichkeit, ordnet die Stellen einer Suche, keine Wahrscheinlichkeit); relevance (0 bis 1: wie wahrscheinlich ein Mensch die Stelle richtig nennen würde; leer bei einer Suche mit Beispielen); probability (0 bis 1, nur wo beim Verfeinern die Stelle erneut gelesen wurde); scene (Pfad der Datei); datetime (wann aufgenommen, wo das bekannt ist); id und source (was importierte Einbettungen dazu sagen); ground_m (Seitenlänge des Ausschnitts am Boden, Meter); gsd_m (Meter je Pixel, in denen er gesehen wurde); col, row, width, height (der Ausschnitt in Pixeln der Szene); query; siblings (derselbe Boden in anderen Szenen, zu anderen Zeiten und in anderen Größen, das Beste zuerst; die eigene Szene wird nicht genannt); class und review (zum Ausfüllen: keep oder reject wird auf der Karte gezeigt); hit_key (benennt den Ausschnitt).

Der Layer hat das KBS der Szenen, wenn alle eines teilen, sonst Länge und Breite (EPSG:4326).</translation>
        </message>
        <message>
            <location filename="../processing/hit_sink.py" />
            <source>Match {0} has no polygon: {1}</source>
            <translation>Treffer {0} hat kein Polygon: {1}</translation>
        </message>
        <message>
            <location filename="../processing/hit_sink.py" />
            <source>Match {0} cannot be written to the output: {1}</source>
            <translation>Treffer {0} kann nicht in die Ausgabe geschrieben werden: {1}</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only in this extent</source>
            <translation>Nur in dieser Ausdehnung</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only inside these polygons</source>
            <translation>Nur in diesen Polygonen</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only these scenes: names or patterns, between commas</source>
            <translation>Nur diese Szenen: Namen oder Muster, durch Kommas getrennt</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only chips with a side on the ground of, metres</source>
            <translation>Nur Ausschnitte mit dieser Seitenlänge am Boden, Meter</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only chips taken on this day or later</source>
            <translation>Nur Ausschnitte, die an diesem Tag oder später aufgenommen wurden</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only chips taken on this day or earlier</source>
            <translation>Nur Ausschnitte, die an diesem Tag oder früher aufgenommen wurden</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>The extent {0} ({1}) has no place on earth; give its CRS too.</source>
            <translation>Die Ausdehnung {0} ({1}) hat keine Stelle auf der Erde; geben Sie auch ihr KBS an.</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>no CRS</source>
            <translation>kein KBS</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Layer {0} has no polygon to search in.</source>
            <translation>Layer {0} hat kein Polygon, in dem gesucht werden kann.</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Found the sizes {0}; wanted two numbers such as 50,200.</source>
            <translation>Gefunden wurden die Größen {0}; erwartet werden zwei Zahlen wie 50,200.</translation>
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Found the date {0}; wanted one such as 2020-07-19.</source>
            <translation>Gefunden: das Datum {0}; gesucht ist eines wie 2020-07-19.</translation>
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Outlines of what is found</source>
            <translation>Umrisse des Gefundenen</translation>
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>objects,polygons,vectorize,contours,segments</source>
            <translation>Objekte,Polygone,Vektorisieren,Konturen,Segmente</translation>
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Outlines what a sentence finds, such as fields or lakes: the parts of the heat map around the best chips of each scene's smallest ground size become polygons in longitude and latitude (EPSG:4326). No scene is read.

An outline is as exact as the step from chip to chip, which column step_m gives in metres: it shows which lake is meant, and measures none. Other columns: rank; score and relevance of the best chip; scene; hits (chips in it); area_m2; ground_m (side of a chip); query.</source>
            <translation>Umreißt, was ein Satz findet, etwa Felder oder Seen: Die Teile der Heatmap um die besten Ausschnitte der kleinsten Größe am Boden jeder Szene werden Polygone in Länge und Breite (EPSG:4326). Keine Szene wird gelesen.

Ein Umriss ist so genau wie der Schritt von Ausschnitt zu Ausschnitt, den die Spalte step_m in Metern angibt: Er zeigt, welcher See gemeint ist, und vermisst keinen. Weitere Spalten: rank; score und relevance des besten Ausschnitts; scene; hits (Ausschnitte darin); area_m2; ground_m (Seite eines Ausschnitts); query.</translation>
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Chips outlined</source>
            <translation>Umrissene Ausschnitte</translation>
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Smallest area, square metres</source>
            <translation>Kleinste Fläche, Quadratmeter</translation>
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Outlines</source>
            <translation>Umrisse</translation>
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>First look</source>
            <translation>Erster Überblick</translation>
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>overview,clusters,groups,k-means,unsupervised,land cover</source>
            <translation>Überblick,Cluster,Gruppen,k-Means,unüberwacht,Bodenbedeckung</translation>
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>Puts the chips of an index into groups of their like, and calls each by the kind of place that it shows. No scene is read, and the same index gives the same groups.

A name with a question mark is a guess: for fewer than half of the group's chips it is more likely right than wrong. The layer has one shape for each group in each scene, no place twice. Columns: class (the name), says (the nearest sentences), scene, chips, area_m2.</source>
            <translation>Fasst ähnliche Ausschnitte eines Index zu Gruppen zusammen und benennt jede nach der Art von Ort, die sie zeigt. Keine Szene wird gelesen, und derselbe Index ergibt dieselben Gruppen.

Ein Name mit Fragezeichen ist geraten: Bei weniger als der Hälfte der Ausschnitte der Gruppe ist er eher richtig als falsch. Der Layer hat eine Form je Gruppe und Szene, keinen Ort zweimal. Spalten: class (der Name), says (die nächsten Sätze), scene, chips, area_m2.</translation>
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>Number of groups</source>
            <translation>Anzahl der Gruppen</translation>
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>What groups may be called: a text, one a line</source>
            <translation>Wie Gruppen heißen dürfen: ein Text, eines je Zeile</translation>
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>Areas by group</source>
            <translation>Flächen nach Gruppen</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Render map to a scene</source>
            <translation>Karte als Szene rendern</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>wms,wmts,xyz,tiles,web map,rasterize,screenshot,geotiff</source>
            <translation>wms,wmts,xyz,Kacheln,Webkarte,rastern,Bildschirmfoto,geotiff</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Draws layers as QGIS shows them, without labels, and writes a GeoTIFF that Build index can read: web maps (WMS, WMTS, XYZ), meshes, vector layers, anything with a style. Without layers, those that the project shows are taken.

Pixel size is in metres on the ground, in the middle of the area. In the layer's own coordinate system a web map stays as sharp as it is. One in degrees is replaced by the UTM zone.

A service is asked for many pictures: take no more than its terms of use allow. Pictures that do not come are counted, and their places are transparent.

Outputs: the scene, its width and height in pixels, and how many pictures did not come.</source>
            <translation>Zeichnet Layer, wie QGIS sie anzeigt, ohne Beschriftungen, und schreibt ein GeoTIFF, das „Index erstellen“ lesen kann: Webkarten (WMS, WMTS, XYZ), Netze, Vektorlayer, alles mit einem Stil. Ohne Layer werden die genommen, die das Projekt anzeigt.

Die Pixelgröße ist in Metern am Boden, in der Mitte des Bereichs. Im eigenen Koordinatensystem des Layers bleibt eine Webkarte so scharf, wie sie ist. Eines in Grad wird durch die UTM-Zone ersetzt.

Von einem Dienst werden viele Bilder angefordert: Nehmen Sie nicht mehr, als seine Nutzungsbedingungen erlauben. Fehlende Bilder werden gezählt, und ihre Stellen sind transparent.

Ausgaben: die Szene, ihre Breite und Höhe in Pixeln und die Zahl der fehlenden Bilder.</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Area</source>
            <translation>Bereich</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Pixel size on the ground, metres</source>
            <translation>Pixelgröße am Boden, Meter</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Coordinate system</source>
            <translation>Koordinatensystem</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Width, pixels</source>
            <translation>Breite, Pixel</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Height, pixels</source>
            <translation>Höhe, Pixel</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Pictures that did not come</source>
            <translation>Fehlende Bilder</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>{0} of {1} pictures did not come; these places are empty.</source>
            <translation>{0} von {1} Bildern fehlen; diese Stellen sind leer.</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Nothing to render: give layers, or show some.</source>
            <translation>Nichts zu rendern: Geben Sie Layer an, oder zeigen Sie welche an.</translation>
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>From {0}.</source>
            <translation>Von {0}.</translation>
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>One result where overlapping chips show the same place</source>
            <translation>Ein Ergebnis, wo überlappende Ausschnitte dieselbe Stelle zeigen</translation>
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>The same across scenes, dates and sizes: these become siblings of the result</source>
            <translation>Dasselbe über Szenen, Zeiten und Größen hinweg: diese werden Geschwister des Ergebnisses</translation>
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>While the index grows: ask until it is complete; Cancel gives what is there</source>
            <translation>Solange der Index wächst: fragen, bis er vollständig ist; Abbrechen gibt, was da ist</translation>
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>Matches</source>
            <translation>Treffer</translation>
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>{0} of {1} scenes so far, {2} new matches</source>
            <translation>{0} von {1} Szenen bisher, {2} neue Treffer</translation>
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>{0} matches among {1} chips in {2:.2f} s</source>
            <translation>{0} Treffer unter {1} Ausschnitten in {2:.2f} s</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Search by example</source>
            <translation>Suche nach Beispiel</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>find,similar,like,unlike,embeddings,retrieval,relevance feedback</source>
            <translation>finden,ähnlich,wie,unähnlich,Embeddings,Retrieval,Relevanz-Feedback</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Finds the places of an index that look like examples, and unlike counter-examples. Both are layers of points or polygons over indexed scenes; for a polygon or line a point on it counts. Each stands for the chip whose centre is nearest, of the smallest ground size unless one is given. Pictures seen from above (JPEG, PNG, WebP) are examples too, wherever they were taken.

A sentence may be added, and words with and without, several with ; between them. All vectors are added by Rocchio's formula (words 1, examples 0.75, counter-examples and words without -0.25). Examples stay among the matches.

A layer of earlier matches whose column review says keep or reject teaches the search: it moves towards the places kept (2) and away from those rejected (-1), and says in review which matches were judged. A sentence or an example goes with it, or a place kept. Places to judge are unlike each other, of the best that were not judged: ten verdicts on them teach more than on the ten best.</source>
            <translation>Findet die Stellen eines Index, die wie Beispiele aussehen und anders als Gegenbeispiele. Beides sind Layer mit Punkten oder Polygonen über indizierten Szenen; bei einem Polygon oder einer Linie zählt ein Punkt darauf. Jedes steht für den Ausschnitt, dessen Mitte am nächsten liegt, in der kleinsten Bodengröße, wenn keine angegeben ist. Beispiele sind auch Bilder von oben (JPEG, PNG, WebP), wo immer sie aufgenommen wurden.

Ein Satz kann hinzukommen, und Worte für „mit“ und „ohne“, mehrere mit ; dazwischen. Alle Vektoren werden nach Rocchios Formel addiert (Worte 1, Beispiele 0.75, Gegenbeispiele und Worte für „ohne“ -0.25). Beispiele bleiben unter den Treffern.

Ein Layer früherer Treffer, dessen Spalte review keep oder reject sagt, lehrt die Suche: Sie rückt zu den behaltenen Stellen (2) und weg von den verworfenen (-1) und sagt in review, welche Treffer beurteilt wurden. Dazu gehört ein Satz, ein Beispiel oder eine behaltene Stelle. Stellen zum Beurteilen sind einander unähnlich und gehören zu den besten, die noch nicht beurteilt wurden: Zehn Urteile über sie lehren mehr als zehn über die besten.</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Examples (points or polygons)</source>
            <translation>Beispiele (Punkte oder Polygone)</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Counter-examples (points or polygons)</source>
            <translation>Gegenbeispiele (Punkte oder Polygone)</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Pictures as examples</source>
            <translation>Bilder als Beispiele</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Pictures as counter-examples</source>
            <translation>Bilder als Gegenbeispiele</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>And what to find</source>
            <translation>Und was gesucht wird</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>With, in words</source>
            <translation>Mit, in Worten</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Without, in words</source>
            <translation>Ohne, in Worten</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Ground size of the examples' chips, metres</source>
            <translation>Bodengröße der Ausschnitte der Beispiele, Meter</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Matches that were judged (column review)</source>
            <translation>Beurteilte Treffer (Spalte review)</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Find places to judge next, not the best</source>
            <translation>Stellen finden, die als nächste zu beurteilen sind, nicht die besten</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>There is no example: neither a picture nor a feature with a geometry.</source>
            <translation>Es gibt kein Beispiel: weder ein Bild noch ein Objekt mit einer Geometrie.</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Layer {0} has no column {1}; take a layer of matches.</source>
            <translation>Der Layer {0} hat keine Spalte {1}; nehmen Sie einen Layer mit Treffern.</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Feature {0} of layer {1} has {2} as review; wanted keep, reject or nothing.</source>
            <translation>Objekt {0} des Layers {1} hat {2} als review; erwartet wird keep, reject oder nichts.</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Layer {0} has more than {1} features; select the examples among them.</source>
            <translation>Layer {0} hat mehr als {1} Objekte; wählen Sie die Beispiele darunter aus.</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Feature {0} of layer {1} names no chip: {2}</source>
            <translation>Objekt {0} des Layers {1} nennt keinen Ausschnitt: {2}</translation>
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Feature {0} of layer {1} has no place on earth: {2}</source>
            <translation>Objekt {0} von Layer {1} hat keine Stelle auf der Erde: {2}</translation>
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>Search by text</source>
            <translation>Suche nach Text</translation>
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>find,query,sentence,similarity,embeddings,retrieval,vision-language</source>
            <translation>finden,Suche,Satz,Ähnlichkeit,Embeddings,Retrieval,Vision-Language</translation>
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>Finds the places of an index that match a sentence, such as: boats on a canal beside a factory.

Extent and polygons cut the chips before they are ranked: chips that touch them stay.

Refining looks at the best places again: it compares them with reference sentences, or reads them again from their scenes and gives each a probability, or both. A model that cannot refuses it.

Relevance is the probability that a person would call a place right. Where nothing fits, the log says so, and the nearest places come all the same unless a least relevance is given.

What a sentence says is not wanted (no, without, but not) is taken off the rest, and the log says how it was read. Commas with signs give weights: parking lot^2, trees, -cars. Matches have no relevance then; with refining or a least relevance the sentence is taken as it stands.</source>
            <translation>Findet die Stellen eines Index, die zu einem englischen Satz passen, zum Beispiel: boats on a canal beside a factory.

Ausdehnung und Polygone beschränken die Ausschnitte, bevor sie geordnet werden: Ausschnitte, die sie berühren, bleiben.

Verfeinern sieht sich die besten Stellen noch einmal an: Es vergleicht sie mit Vergleichssätzen, oder es liest sie noch einmal aus ihren Szenen und gibt jeder eine Wahrscheinlichkeit, oder beides. Ein Modell, das es nicht kann, lehnt es ab.

Relevanz ist die Wahrscheinlichkeit, dass ein Mensch eine Stelle passend nennt. Wo nichts passt, sagt es das Protokoll, und die nächstliegenden Stellen kommen trotzdem, außer wenn eine geringste Relevanz angegeben ist.

Was ein Satz ausschließt (no, without, but not), wird abgezogen, und das Protokoll sagt, wie er gelesen wurde. Kommas mit Zeichen geben Gewichte: parking lot^2, trees, -cars. Treffer haben dann keine Relevanz; mit Verfeinern oder einer kleinsten Relevanz wird der Satz wörtlich genommen.</translation>
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>Refine the best places</source>
            <translation>Die besten Stellen verfeinern</translation>
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>No</source>
            <translation>Nein</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Verify index</source>
            <translation>Index prüfen</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>check,checksum,damage,integrity</source>
            <translation>prüfen,Prüfsumme,Schaden,Integrität</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Reads every byte of an index and of its scenes and compares them with their checksums. Nothing is changed, unless you ask to repair: then what is damaged is made anew from the scenes, and nothing else.

A sample is read from the scenes again, encoded and compared.

Outputs: the numbers of chips, scenes and problems, and the problems, a line each. No problems means: whole.</source>
            <translation>Liest jedes Byte eines Index und seiner Szenen und vergleicht sie mit ihren Prüfsummen. Nichts wird geändert, außer Sie verlangen eine Reparatur: Dann wird, was beschädigt ist, neu aus den Szenen erzeugt, und sonst nichts.

Eine Stichprobe wird noch einmal aus den Szenen gelesen, kodiert und verglichen.

Ausgaben: die Anzahlen der Ausschnitte, Szenen und Probleme, und die Probleme, je eine Zeile. Keine Probleme heißt: unversehrt.</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Chips to read again and compare</source>
            <translation>Erneut zu lesende und zu vergleichende Ausschnitte</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Repair what is damaged</source>
            <translation>Beschädigtes reparieren</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Number of problems</source>
            <translation>Anzahl der Probleme</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Repaired: {0}</source>
            <translation>Repariert: {0}</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>The index is whole: {0} chips of {1} scenes.</source>
            <translation>Der Index ist unversehrt: {0} Ausschnitte aus {1} Szenen.</translation>
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Stopped; what was repaired stays so.</source>
            <translation>Gestoppt; was repariert wurde, bleibt so.</translation>
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>Watch a saved query</source>
            <translation>Gespeicherte Suche beobachten</translation>
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>monitor,alert,new,saved search,find</source>
            <translation>überwachen,melden,neu,gespeicherte Suche,finden</translation>
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>Finds the places of an index that match a saved query and that no earlier watch has shown, such as those in scenes added since.

A query is saved with cmpagl search --save, or in the dock. A match reaches its least relevance or score; a sentence without either takes the model's cut-off. What was shown is kept beside the query's file.</source>
            <translation>Findet die Orte eines Index, die zu einer gespeicherten Suche passen und noch bei keinem früheren Lauf gezeigt wurden, etwa in seither hinzugefügten Szenen.

Gespeichert wird eine Suche mit cmpagl search --save oder im Fenster. Ein Treffer erreicht deren kleinste Relevanz oder Punktzahl; bei einem Satz ohne beides entscheidet die Schwelle des Modells. Was gezeigt wurde, steht neben der Datei der Suche.</translation>
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>Saved query (.json)</source>
            <translation>Gespeicherte Suche (.json)</translation>
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>What is shown counts as seen</source>
            <translation>Gezeigtes gilt als gesehen</translation>
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>{0} seen before</source>
            <translation>{0} schon gesehen</translation>
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Where in the chip</source>
            <translation>Wo im Ausschnitt</translation>
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>explain,attention,part,words,raster</source>
            <translation>erklären,Aufmerksamkeit,Teil,Wörter,Raster</translation>
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Reads one place of an index again and writes how well each part of it matches a sentence, as a raster of one band (GeoTIFF). Parts are thirds of the place, so the raster shows which corner is meant, not an outline.

The log says which words of the sentence count: by how much the score falls when a word is left out.</source>
            <translation>Liest eine Stelle eines Index noch einmal und schreibt, wie gut jeder Teil davon zu einem Satz passt, als Raster mit einem Band (GeoTIFF). Teile sind Drittel der Stelle; das Raster zeigt also, welche Ecke gemeint ist, keinen Umriss.

Das Protokoll sagt, welche Wörter des Satzes zählen: um wie viel die Ähnlichkeit sinkt, wenn ein Wort fehlt.</translation>
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Point inside the place</source>
            <translation>Punkt in der Stelle</translation>
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Side of the place on the ground, metres (else the smallest)</source>
            <translation>Seite der Stelle am Boden, Meter (sonst die kleinste)</translation>
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Words that made it a match</source>
            <translation>Wörter, die sie zum Treffer machten</translation>
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Without {0} the score changes by {1}.</source>
            <translation>Ohne {0} ändert sich die Ähnlichkeit um {1}.</translation>
        </message>
        <message>
            <location filename="../state_file.py" />
            <source>{0} was not written: {1}. Earlier sentences and recent indexes are kept until QGIS is closed; free space on the disk, or make the folder writable.</source>
            <translation>{0} wurde nicht geschrieben: {1}. Frühere Sätze und zuletzt verwendete Indizes bleiben, bis QGIS geschlossen wird; schaffen Sie Platz auf dem Laufwerk, oder machen Sie den Ordner beschreibbar.</translation>
        </message>
        <message>
            <location filename="../texts.py" />
            <source>,</source>
            <translation>.</translation>
        </message>
        <message>
            <location filename="../texts.py" />
            <source>.</source>
            <translation>,</translation>
        </message>
    </context>
</TS>
