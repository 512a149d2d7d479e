<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>CMPAGL</name>
        <message>
            <location filename="../dock/amounts.py" />
            <source>under 1 min</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>about {0} min</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>about {0} h</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>about {0} days</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} GB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} MB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} cm</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} m</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/amounts.py" />
            <source>{0} km</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Cars and boats</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Buildings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Blocks of houses</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Landscape</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Build an index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Build</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}. Larger chips make it shorter: twice the side is a quarter of the chips. So does an area. You can stop it at any time; what is done stays and can be searched.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0} scenes were not counted yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>A large index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Build it all the same</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Scenes to index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>All files</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Rasters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>A folder of scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>All scenes in {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Tick a scene, or add files or a folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Say where the index is written.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Give the whole path of the index.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Sizes are metres, separated by commas, such as 100, 400.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>1 scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0} scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0} chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}; looking at {1} more…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}; {1} could not be counted. {2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>It takes {0}, and {1} are free there. Choose another place or larger chips.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>What is looked for</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Chosen for each scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>{0}: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Own sizes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>or sides of chips in metres, such as 100, 400</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Sides of the chips a scene is cut into, metres on the ground. Small ones find boats, large ones harbours.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>as the index has them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Whole scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>What the map shows now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>A rectangle drawn on the map…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Chips outside are not made. The index keeps its area when scenes are added to it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>As the index has it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add files…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Add a folder…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>Write the index as</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Look for</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Only inside</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_dialog.py" />
            <source>&amp;Index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>CRS</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Pixel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Bands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>On disk</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>Notes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>looking…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>measuring…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>CRS of its own</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>{0}, done</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>{0} of {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>As fast as this computer was with a few chips, or when it built last.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/build_table.py" />
            <source>CRS set on the layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>What has changed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>Finds places that show something now and did not before, in two scenes of one place that are both in the index. The earlier scene is read again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>houses</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>anything, or such as: farmland</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Now there are</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Before there was</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Earlier scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/change_dialog.py" />
            <source>&amp;Later scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Classify by sentences</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>One class a line: a sentence, or a name and one or more sentences between commas. Each place of the index gets the class that it fits best.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Classes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>forest, a forest, many green trees
a pond
houses among trees</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Leave places without a class where none fits well</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Open a CSV…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>{0} is no small text in UTF-8.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>Open classes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>1 class</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/classify_dialog.py" />
            <source>{0} classes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/dialogs.py" />
            <source>Copy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/examples_bar.py" />
            <source>Less like {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/examples_bar.py" />
            <source>More like {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/examples_bar.py" />
            <source>Press to take this example away.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/help_dialog.py" />
            <source>CMPAGL: user guide</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/help_dialog.py" />
            <source>The guide is not in the plugin's folder. It is read here: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Zoom to it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Open its scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>More like this</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Less like this</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>What does it show?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Copy its coordinates</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Save its picture…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Show where it fits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Heat map of its scene…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_keys.py" />
            <source>Outlines in its scene…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_list.py" />
            <source>Places found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>{0} more of this ground</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>No picture: its scene has changed, or is not where it was.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Score {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>{0} on the ground, seen at {1} a pixel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Pixels {0}, {1} to {2}, {3}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Taken {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Closer look {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Relevance {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/hit_model.py" />
            <source>Also: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From raster layers of the project…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From files…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From a folder…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Open an index…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Open an index in an object store…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>What it holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Add scenes…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>First look…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>What is here? Click or draw</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Classify by sentences…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>What has changed…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Verify…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Show what could not be read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Save all footprints…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Take it off this list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Open, inspect, verify or extend an index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>From what the map shows…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>Web maps and all that QGIS can draw: rendered into a file first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>No index chosen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/index_bar.py" />
            <source>The index to search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>{0} of about {1} MB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Install the engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Update the engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Use the graphics card, {0} (adds PyTorch with CUDA)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Install</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Retry</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Stop</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Close</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Hide</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>A new engine is made beside the one in use, which is removed once the new one works.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Searching is done by a program of its own. It goes into your QGIS profile; nothing is installed into QGIS or into any Python of this computer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>From the &amp;package index (pypi.org)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>From a &amp;folder of wheels, without network</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>engine-windows-x86_64, as somebody gave it to you</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Folder of wheels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Use it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Log…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/install_dialog.py" />
            <source>Update</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>Looks at the chips. The index belongs to it, and is searched with it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>&amp;Model</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>{0} numbers a chip</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/model_choice.py" />
            <source>licence {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Map view</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only places that the map shows when this is pressed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Layers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only scenes that are visible layers of the project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Selection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only inside the selected polygons of the active layer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Dates</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only places taken between two days; those of unknown date are left out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Best</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>How many places to find, 1 to 2,000</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Number of places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>in</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Search here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>When the map was moved: search what it shows now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Only places of one size: small ones for things, large for areas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>Size of places on the ground</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/narrow_bar.py" />
            <source>All sizes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/notice.py" />
            <source>Search for this</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/period.py" />
            <source>First day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/period.py" />
            <source>Last day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/period.py" />
            <source>{0}, in UTC</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/preview.py" />
            <source>The picture comes…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/preview.py" />
            <source>Score {0}; without a word: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Describe a place in a sentence. Enter searches, Esc stops. Several sentences with ; between them, such as boats; cars, become classes of one layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Describe a place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Earlier and saved sentences (Alt+Down)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Search the index (Enter)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Stop the search (Esc)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Save this sentence in the project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Save this search in a file...</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Open a saved search...</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>One result for one place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Its other sizes, scenes and dates stand behind it as +1, +2, …</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Saved in this project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Remove a saved sentence</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Earlier</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/query_bar.py" />
            <source>Forget earlier sentences</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Render the map to a scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>The button takes what the map shows, the extent of a layer, or what you draw</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source> m</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>On the ground. Half a metre shows cars, two metres houses, ten metres fields.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Render</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>{0} is there already. Choose another name.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Only {0} MB are free in {1}, up to {2} MB are needed. Choose another disk.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Yes, render {0} megapixels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>From {0}. Take no more than its terms of use allow.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>{0} x {1} km, {2} x {3} pixels, up to {4} MB.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>The service is asked for some {0} pictures.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>The services are asked for some {0} pictures.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>Where the scene is written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>GeoTIFF</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;What</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Area</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Pixel size</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Coordinate system</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/render_dialog.py" />
            <source>&amp;Save to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/report_dialog.py" />
            <source>… and {0} more; Copy takes them all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Kept places only ({0})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>All but the rejected ones ({0})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>GeoJSON…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>GeoPackage…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>GeoParquet…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>CSV…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Relevance</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Score</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Hide places that are right with a lower probability; no new search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Hide places below this score; no new search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Least relevance shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Lowest score shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>1 place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>{0} places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>The engine's model cannot refine results.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Rank the best places again with a closer look; the list changes in place, relevance stays that of the first look</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Refine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>More like a place: click it on the map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Zoom to a place when it is chosen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Tiles instead of rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Heat map of the chosen place's scene…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Keep this layer; the next search makes another one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Save the places shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/result_header.py" />
            <source>Clear results and layer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Keep</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Reject</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Undecided again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Back to the last undecided place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>On to the next undecided place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Learn from my ticks</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Show ten places that I should judge next</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Undo</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Redo</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} to do</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Nothing decided yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Search again, nearer to the places kept and away from those rejected: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>1 verdict</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>{0} verdicts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/review_bar.py" />
            <source>Keep or reject some places first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/search_dock.py" />
            <source>CMPAGL search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/search_dock.py" />
            <source>Stop; nothing of the map is kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Set up the engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>/home/you/cmpagl/bin/python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Python of the engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>The Python with the engine in it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Test</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Start the engine of this Python and ask for its versions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Install the engine…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Update…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Remove…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Use this Python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Tests it first; one without the engine is not taken</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Starting this Python…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Test starts it and shows versions, model and device.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Name the Python into which the engine was installed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>The engine runs in a Python of its own, outside QGIS; nothing is installed into QGIS. The plugin can install one into your QGIS profile.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>By hand, in a terminal:</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>&amp;Python of the engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Copy the command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/setup_dialog.py" />
            <source>Copied</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/sibling_menu.py" />
            <source>Same ground</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/small_widgets.py" />
            <source>Browse…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>Details</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>Versions, model and the engine's last lines, to copy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>Help</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/status_line.py" />
            <source>The user guide, at what the dock shows now; no network needed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Looking at scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Looking at places again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Looking at chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Comparing sentences</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Indexing {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Stop; what is done stays, and doing it again goes on from there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>{0} of {1} chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>{0} left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Stopping…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Close this message</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/strips.py" />
            <source>Restart</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>Searched as it stands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>As it stands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>By parts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>Take what the sentence says is not wanted off the rest</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/understood_line.py" />
            <source>Search for the words as they stand; quotation marks around them do the same</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>Verify {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>Reads every byte of the index and of its scenes, and compares it with what was noted when the scenes were indexed. Nothing is changed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>So many chips are read from their scenes again and compared; this is slow</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>Verify</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../dock/verify_dialog.py" />
            <source>&amp;Chips to read again and compare</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/blocking.py" />
            <source>Engine {0}, Python {1}, model {2}, device {3}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>It ended {0} times within a minute and is not started again by itself; use Restart.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine was restarted. Ask again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>An answer came that nobody waits for: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine's greeting cannot be read: {0}. Install the engine again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine speaks protocol {0}, this plugin {1}. Update the older of the two: the engine is {2}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>Its last words: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>{0} is a Python without cmpagl-qgis. Press Install the engine in the dock CMPAGL search, or by hand: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine did not answer within {0} s of its start. Is {1} a Python with cmpagl-qgis in it?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>The engine was restarted twice while this ran. Ask again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/client.py" />
            <source>Stopped.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Plugin</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Python of QGIS</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>System</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Problem</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Engine version</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Model</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Device</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Re-ranking</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Process</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>{0} scenes, {1} chips, {2} MB, model {3} {4}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>It holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Its problem</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>(none)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/diagnostics.py" />
            <source>Last lines of the engine:</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} is there already and was not made by this plugin; it stays as it is.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>Rename it or move it away, then install again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>No folder can be made in {0}: {1}. Make it writable, then install again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} cannot be written: {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} was not made by this plugin; nothing in it was deleted.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/home.py" />
            <source>{0} cannot be deleted: {1}. Close programs that use it, then try again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/install_plan.py" />
            <source>The disk of {0} has {1} MB free; {2} MB are needed. Free some space, then press Retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Stopped. What was made is removed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Looking for a Python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Nothing can be written to {0}: {1}. Make room or make it writable.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Another window of QGIS installs the engine. Wait for it, then press Retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>the lock file was refused</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>is Python {0}; the folder has wheels for {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>None at hand fits; one is fetched with uv</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>it ended with code {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>makes no environment: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>{0} has no wheel of pip.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Ask for a whole one, where this folder came from.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>Starting the engine for the first time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>installed by this plugin</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/installer.py" />
            <source>The engine was installed but does not work. {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>named in the options</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>named when the plugin was installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>named by {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>found on this computer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/interpreter.py" />
            <source>No engine is set up. Press Install the engine in the dock CMPAGL search, or name a Python that has it in Settings &gt; Options &gt; CMPAGL.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_fetch.py" />
            <source>it did not answer in time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_fetch.py" />
            <source>its answer is no list of packages</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_fetch.py" />
            <source>a package arrived damaged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The disk of {0} is full. Free some space on it, then press Retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>A file in {0} could not be written: {1}. A virus scanner may hold it, or the folder may be protected. Press Retry; if it stays so, ask who looks after this computer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>In {0} a package arrived damaged: {1}. Press Retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The index has no engine for this computer: {1}. Wanted is a version for this system and this Python; take one from a folder of wheels, or update the plugin.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The folder {0} lacks a package for this computer: {1}. Wanted is a folder made for this system and this version of Python.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>It could not be installed: {0}. The log has all of it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>its name is not known to the network</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the connection was refused or cut</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>its certificate is not trusted</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the proxy asks for a name and a password</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the proxy or the server forbids it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>the proxy did not answer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>pip cannot use a SOCKS proxy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>{0} could not be reached: {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>The package index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>QGIS's proxy {0} was used.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>QGIS has no proxy set.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>Where a company inspects the network, add its certificate under Settings &gt; Options &gt; Authentication, then press Retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>Look at Settings &gt; Options &gt; Network, then press Retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pip_output.py" />
            <source>Without network, install from a folder of wheels.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>There is no file {0}. Name the Python that cmpagl-qgis is installed in.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>The engine's greeting cannot be read: {0}. Install it again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>The engine {0} speaks protocol {1}, this plugin {2}. Update the older one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>Fit: cmpagl-qgis {0}, Python {1}, model {2} ({3}), device {4}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>{0} is a Python without cmpagl-qgis. The command shown here installs it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>The engine does not start: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>{0} is no Python with the engine in it. {1} {2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/probe.py" />
            <source>{0} did not answer in time. Is it a Python with cmpagl-qgis in it?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine wrote what is no message: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine's Python {0} ({1}) cannot be started: {2}. Install the engine again in the dock CMPAGL search, or name another Python in Set up.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine {0} crashed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>The engine {0} ended with code {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/process.py" />
            <source>Its last message broke off.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>None can be fetched either: there is no uv, and no Python to bring it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>uv, which fetches Python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>Python {0}, about 30 MB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/python_fetch.py" />
            <source>uv fetched no Python; the log has what it said.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>your folder cmpagl</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>on the search path</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>of QGIS</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>and {0} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>there is none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>No fit Python was found, wanted is 3.10 to 3.13: {0}. Install Python 3.12 from python.org, then press Retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>does not run: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is Python {0}; wanted {1} to {2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is {0}; wanted the usual Python (CPython)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is a program of {0} bits; wanted 64</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>is a free-threaded build; wanted the usual one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>lacks parts of Python: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/pythons.py" />
            <source>on this computer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Compare with reference sentences (quick)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Read the best places again (slower, gives probabilities)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Both, one after the other</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Found {0} sentences; at most {1} become classes of one layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>Examples go together with one sentence. Take the examples away, or leave one sentence in the line.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>1 example</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0} examples</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, narrowed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, refined</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, learned</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, to judge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0} in {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/question.py" />
            <source>{0}, {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/tool_run.py" />
            <source>It did not answer in time.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/tool_run.py" />
            <source>It crashed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/wheels.py" />
            <source>There is no folder {0}. Choose another one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../engine/wheels.py" />
            <source>{0} holds no cmpagl_qgis-….whl. Wanted is the folder with the engine and all that it needs, such as engine-linux-x86_64; choose that one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/attribution_view.py" />
            <source>Looking into place {0}…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/attribution_view.py" />
            <source>This goes with a sentence, not with examples alone.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/attribution_view.py" />
            <source>Its scene is not there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_area.py" />
            <source>Draw a rectangle on the map around what is to be indexed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_area.py" />
            <source>The map shows no place on earth there. Give the project a CRS.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Building {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; searched the {0} chips that are ready</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; searched what is ready: {0} of {1} chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; scenes are being looked at</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>; {0} of {1} scenes so far</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0}: {1} new chips in {2} s.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0}: nothing new.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>1 scene could not be used.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0} scenes could not be used.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>1 scene could be read in part only.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>{0} scenes could be read in part only.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>There are {0} notes on scenes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>There is a note on 1 scene.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Could not be used</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Could be read in part; the rest is indexed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/build_session.py" />
            <source>Worth knowing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>To see what has changed, an index needs two scenes of one place.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>Save changes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>{0} since {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>{0} changed so; a map tip shows each before and after.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/change_view.py" />
            <source>Looking for changes: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>first_look</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Save the first look</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>First look: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>The groups have no names: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>classes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Save the ground by class</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Classes: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Looked at is only what the switches say: {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>{0}: {1} ha, {2} %</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Area by class</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>{0} lies under the places. Most of it: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/class_view.py" />
            <source>Areas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/controller.py" />
            <source>Choose or build an index first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/controller.py" />
            <source>Describe a place first, for example: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>Every place of {0} could be read.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>QGIS cannot read what the engine wrote: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>{0} of {1} could not be read; they are hatched in red, each with its reason.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>Looking in {0} for places that could not be read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>QGIS could not make a memory layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>{0}: could not be read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/damage_layer.py" />
            <source>Could not be read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Starting the engine…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>No engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>The engine does not run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Engine not started</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>The engine does not run.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Set up the engine…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>CMPAGL: details</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>This plugin installed it: version {0}, in {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>The variable {0} names another engine, which is used: {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Remove the engine {0}? Its folder {1} is deleted. Your indexes stay, and so do scenes and settings.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Remove</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>Remove the engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/engine_view.py" />
            <source>named in Set up</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/examples.py" />
            <source>Click a place on the map; Esc gives up.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>No places are shown, so there is no scene to map.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>Save heat map of {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>by example</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>Heat map {0} lies under the places.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/heat_view.py" />
            <source>Heat map of {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Selected polygons</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Click a place or draw a rectangle on the map; Esc gives up.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Select polygons of the active layer first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Of {0} chips: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Nothing in the list describes this place well. Nearest: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Search for it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/here_view.py" />
            <source>Looking…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/history.py" />
            <source>Saved in the project; save the project to keep it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Save places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>No places are shown, so there is nothing to save.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>{0} is a scene that was searched and would be lost. Choose another file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Save all footprints</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Kept as layer {0}, in {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Kept as layer {0}, in memory: save the project first, then a pin writes it beside the project.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>{0} is not in the project; where nothing else lies, the map is empty there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Load it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Copied {0} (longitude, latitude).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Save picture</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>{0} was not written.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Saved {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Saving {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>Saved {0}: {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/hit_actions.py" />
            <source>It is layer {0} now.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>{0}, {1} chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>1 chip</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>{0}; {1} MB on disk</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Chips of {0} on the ground</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Model: {0} {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>It cannot be searched</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Problems</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_session.py" />
            <source>Scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>{0} was not finished. What is done stays; it goes on from there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Go on building</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>The engine does not run, and without it nothing can be indexed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Set up…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Open an index: a folder that ends in {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Address of the index, such as {0}:</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Open an index in an object store</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Fetching {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Fetching was stopped. What is here stays for next time.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>The index is not open yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Show</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Building {0} was stopped. What is done can be searched; build it again to go on.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/index_view.py" />
            <source>Building {0} broke off: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>CMPAGL: log of the installation</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>It takes about {1} MB in {2}, where {3} MB are free.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>About {0} MB are fetched; it takes up to {1} MB in {2}, where {3} MB are free.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>That is too little: free some space first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>QGIS's proxy {0} is used.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Looking for a Python…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>No Python from 3.10 to 3.13 is here; one will be fetched.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Python {0} will serve, {1} ({2})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>An engine is on this computer already: {0} ({1}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Look for a Python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Fetch a Python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Make a place for it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Get the engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Unpack it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/install_session.py" />
            <source>Test it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/job_session.py" />
            <source>Something long runs already. Wait until it is done, or stop it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/judgements.py" />
            <source>Kept and rejected places of the project cannot be read: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/locator.py" />
            <source>Search imagery</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>The map shows no place on earth. Give the project a CRS, or turn Map view off.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>No visible layer is a raster file. Show one, or turn Layers off.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>Choose a layer of polygons in the layer panel, or turn Selection off.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/map_view.py" />
            <source>Nothing is selected in {0}. Select polygons, or turn Selection off.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Searching is done by a program of its own. It is installed into your QGIS profile; nothing else on this computer changes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>An installation was cut short. Installing again removes what it left.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No engine yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>I have one: set up…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Installing the engine…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>It reads its model; this takes a few seconds.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The engine did not start</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Try again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The engine ended</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>What shall be searched?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>An index holds your scenes, cut into small squares: chips. Build one once, then search it in a blink.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Try it with a sample…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>You can search what is done, and go on working in QGIS.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Nothing of {0} is ready yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The first places can be searched after some seconds. Search again then.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Opening {0}…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Verify and repair…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>{0} cannot be opened</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Open another…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Take it off the list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>{0} cannot be searched</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The engine does not say why.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Build a new one…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Type a sentence above and press Enter. For example:</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Or click a place on the map…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Searching…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>By example</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No place is right with {0} or more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The best of {0} has {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No place scores {0} or more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The best of {0} scores {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Nothing here fits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Show all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>The index is empty.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>No chip of the index lies where the search was narrowed to.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>{0} of unknown date were left out.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Nothing to search there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Search everywhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>This cannot be searched</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Stopped</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/notices.py" />
            <source>Press Enter to search again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>Outlines go with a sentence, not with examples alone.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>Save outlines in {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>1 outline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>{0} outlines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>{0} as exact as the step from chip to chip; a map tip tells it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/outline_view.py" />
            <source>Outlines in {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>A map is being rendered. Wait for it, or stop it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>The map as it is shown, without labels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>The map shows nothing. Add a layer, such as a web map, and show it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>Rendering {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>Rendering was stopped; nothing was written.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>{0}: {1} megapixels rendered.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>{0} of {1} pictures did not come, and these places are empty: {2}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/render_session.py" />
            <source>Not all could be drawn: {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>{0} in {1} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>{0}, refined, in {1} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>1 chip of unknown date left out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>{0} chips of unknown date left out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>Results that were learned cannot be refined.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>Results of a search by example cannot be refined.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/result_view.py" />
            <source>A sentence read by parts cannot be refined; search it as it stands.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>keep #{0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>keep {0} places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>reject #{0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>reject {0} places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>undecide #{0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>undecide {0} places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>All places shown are kept or rejected.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>Choose one or more places in the list first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>Learning goes together with one sentence.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/review_session.py" />
            <source>Keep or reject some places first; then there is a lesson.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>The sample is indexed by the engine. Try again when it runs and is idle.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>Where the folder of the sample is made</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>The sample cannot be put into {0}: {1}. Choose another folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>Your project stays open. The sample's is {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/sample.py" />
            <source>CMPAGL sample</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Save this search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Open a saved search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Search first; what was asked is saved.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Saved in {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Saved search (*.json)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>a box</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>an area</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>scenes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>a range of sizes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>This search is also narrowed to {0}, for which there is no switch; the next one is not.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>1 new place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>{0} new places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>{0} for the saved search; those shown are chosen.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>Several sentences cannot be saved as one search; leave one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/saved_search.py" />
            <source>The search has words with or without, which the dock does not take: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/thumbnails.py" />
            <source>No folder for thumbnails: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/thumbnails.py" />
            <source>No thumbnails: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/thumbnails.py" />
            <source>A thumbnail stays: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repairing {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Verifying {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repair</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repairing {0} was stopped; what was mended stays so.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Verifying {0} was stopped.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0} is whole: {1} chips of {2} scenes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0} were read again and are the same.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>1 problem</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0} problems</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>{0}: {1} made anew</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>whole now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Made anew</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Damaged in the index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Repair makes these anew from the scenes and changes nothing else.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>Left to you</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../flow/verify_view.py" />
            <source>A scene that has changed is indexed again by Add scenes; one that is gone is found again when it is put back.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../greeting.py" />
            <source>Find places in your imagery with a sentence.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../greeting.py" />
            <source>Open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/export.py" />
            <source>Found the suffix {0}; wanted one of {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/export.py" />
            <source>This QGIS cannot show {0} as a layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/export.py" />
            <source>{0} was not written: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/filters.py" />
            <source>Layer {0} has no polygons; select some in one that has.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/filters.py" />
            <source>Layer {0} has no CRS; set it in its properties.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/filters.py" />
            <source>The selected polygons of {0} are not valid; repair them with Fix geometries.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>A footprint cannot be read: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>A polygon cannot be brought from {0} to {1}: {2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>its CRS</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/footprints.py" />
            <source>it lies outside</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/group.py" />
            <source>CMPAGL matches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/heat.py" />
            <source>QGIS cannot read {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/map_tools.py" />
            <source>The map shows no place on earth there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/map_tools.py" />
            <source>The project has no CRS, so a place on the map is none on earth.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/map_tools.py" />
            <source>There is no place on earth where you clicked.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>The area is empty. Choose one on the map.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>{0} counts in degrees. Choose a coordinate system in metres, such as UTM.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>The CRS</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>{0} x {1} pixels are more than {2} megapixels. Take a smaller area or larger pixels.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/raster_grid.py" />
            <source>The area lies outside what {0} can show. Choose another coordinate system.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>Give the whole path of a file that ends in .tif.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} is no folder that can be written to. Choose another one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} is a folder. Choose another name.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} is the file of layer {1} and would be lost. Choose another file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>{0} could not be written: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>If a layer shows it, remove that layer first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>Layer {0} cannot be opened: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>its server does not answer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>Nothing was drawn there, and no file was written. {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>No GeoTIFF could be made in {0}. {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>The file takes no more: {0}. Free space on the disk, or choose another one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>no answer in time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/render.py" />
            <source>it sent no picture but a message</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/scale.py" />
            <source>below {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/scale.py" />
            <source>relevance {0} or more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/scale.py" />
            <source>score {0} or more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} is no raster layer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} has no file (it comes from {1}); save it as GeoTIFF (Export &gt; Save As) and take that.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} has no CRS; set it in its properties, or with Assign Projection.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} is part of a Sentinel-2 product; take its folder (Add a folder).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} is one of several in {1}; save it as GeoTIFF and take that.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>Layer {0} lies in an archive or in memory ({1}); take a file on disk.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>The file of layer {0} is not there: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>The scene {0} is not there any more.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/sources.py" />
            <source>QGIS cannot read the scene {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/style.py" />
            <source>probability</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/style.py" />
            <source>relevance</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>change from {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>relevance {0} before, {1} after</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>left before, right after</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../map/written.py" />
            <source>as exact as {0} m</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>The Python that cmpagl-qgis is installed in</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>found by itself</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>The Python with the engine in it, such as .venv/bin/python. Empty: the one that was named when the plugin was installed, else one that is found on this computer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>the model that made the index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>A name that 'cmpagl models' lists, or the folder of a model.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>choose by itself</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>graphics card (CUDA)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>processor (CPU)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>These three hold from the next start of the engine.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Number of results</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Results below this score are hidden.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Lowest score</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source> px</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Side of a thumbnail</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Each search makes a layer of its own</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Fill the places on the map, too</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Outlines alone leave what was found in full view.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>named here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../options_page.py" />
            <source>Asking {0} ...</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Search imagery with a sentence (CMPAGL)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>User guide</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Stopped; nothing was written.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Index (.cmpagl folder, or an address such as s3://bucket/town.cmpagl)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>What to find</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Take the sentence as it stands, not by parts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Say what to find, in a sentence.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Read as: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Left out 1 chip of unknown date</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>Left out {0} chips of unknown date</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>The layer {0} cannot be read.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/algorithm.py" />
            <source>{0} is no place of an index. Give its folder, or its address in an object store (s3://, gs:// or az://).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Build index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>embeddings,chips,tiles,search,text,deep learning,vision-language</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Cuts georeferenced images into chips, has the model look at each and keeps what it saw in an index, a folder whose name should end in .cmpagl, or an address in an object store (s3://, gs:// or az://).

Give raster layers, a folder of rasters, or both. Files on disk and files on a server (/vsicurl, /vsis3) can be indexed; web maps are refused by their name: Render map to a scene makes a file of one. A CRS that was set on a layer counts.

Run it again with the same output to add scenes or to go on after a stop: what is there already is not done twice.

Ground sizes are the sides of the chips in metres, such as 150,300,600. They decide what can be found: boats in chips of 100 m, a harbour in chips of 400 m. Without them two or three are chosen for each scene.

Outputs: the index, and the numbers of its scenes, of new chips, of scenes that were there already, and of scenes with problems.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Raster layers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Folder of rasters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Model, by name (empty: the usual one)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Scenes in the index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>New chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Scenes that were there already</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Scenes with problems</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Chips of the scene's own pixels (one size instead)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Ground sizes of chips, metres, between commas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Metres a chip pixel (one size instead)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Share that neighbouring chips repeat</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Bands for red, green, blue, from 1, between commas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Stretch: auto, none, percentile, or LOW,HIGH</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Least share of valid pixels in a chip</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Nothing to index: give raster layers, a folder, or both.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Ground sizes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>No scene could be indexed. {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>Stopped; what was finished is kept, and the same run goes on from there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>{0}: found {1!r}, wanted numbers between commas, such as {2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>{0} scenes in the index, {2} of them unchanged; {1} new chips; {3:.1f} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>left out: {0} ({1})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/build_index.py" />
            <source>note: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>change,detection,difference,dates,years</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Finds places that match a sentence in the later of two indexed scenes and matched it less in the earlier one, ranked by how much their relevance rose. Both scenes must be in the index; the earlier one is read again, because its chips lie on another grid.

Columns: rank; change (by how much the relevance rose); difference (how unlike the two views are, whatever was asked); relevance and score (cosine) before and after; both scenes; the chip in pixels of the later one. In longitude and latitude (EPSG:4326).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>What is there now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>What was there before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Earlier scene, one that is in the index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Later scene, one that is in the index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Least difference of the two views</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Changes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/change.py" />
            <source>Number of matches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>classes,land cover,zero-shot,accuracy,confusion matrix,kappa</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Gives each chip of an index the class that it fits best. The classes are a CSV file: a name and one or more sentences in each line, such as: harbour,ships in a harbour.

Columns: class (none where it reaches the cut-off of no class), nearest (the class it fits best all the same), score, relevance, margin to the second class, and the place.

Ground by class is a layer with one shape for each class in each scene, no place twice, and colours of its own.

Areas by class count each place once: a cell as fine as the steps of the smallest chips is of the class that most chips over it have. Where labels are given, the accuracy sheet has the confusion matrix, precision, recall, overall accuracy and kappa.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Classes (.csv)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Least relevance</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Labels: points or polygons whose class is known</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Attribute with the class</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Number of chips</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Ground by class</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Areas by class</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/classify.py" />
            <source>Accuracy sheet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/copied.py" />
            <source>The output takes no more: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>What is here?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>describe,caption,label,annotate,identify</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Says what points and polygons of a layer show, by the sentences of a list that are nearest to the chips of an index there: of a point the chip whose middle is nearest, of a polygon all that touch it. Where scenes, sizes or days are given, only those chips are asked, of a point all that lie over it.

Columns added: said (the sentence that fits most of the chips; empty where none describes the place well), its relevance, share (of the chips that it can be said of), nearest (the nearest sentences), chips.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Points or polygons</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Nearest sentences</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>What may be said: a text, one sentence a line</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Described</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>Places that were described</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>{0} of the places lie where the index has no chip.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/describe.py" />
            <source>{0} of the places have no chip of these scenes, sizes and days.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Index footprints</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>chips,tiles,coverage,grid</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Writes the footprint of every chip of an index as a polygon in longitude and latitude (EPSG:4326), with its scene, its window in pixels and its side on the ground in metres. An index of a large area has many: a GeoPackage takes them best.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Damaged places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>damage,corrupt,unreadable,chips,tiles</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/footprints.py" />
            <source>Writes the footprint of every chip that could not be read when its scene was indexed, because a part of the file is damaged: a polygon in longitude and latitude (EPSG:4326), with its scene, its window in pixels and the reason. No polygons: all could be read.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Heat map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>similarity,density,raster,heatmap</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Writes how well each place of an indexed scene matches a sentence, as a raster (GeoTIFF) that lies where the scene lies. The scene itself is not read.

A cell is as large as the step from chip to chip. It has the mean similarity of the chips over it. Where there are several ground sizes, small ones count more, and each has a band of its own behind the first. Similarities compare the places of one sentence, they are no probabilities.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Scene, one that is in the index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Least similarity</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/heat_map.py" />
            <source>Greatest similarity</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/hit_sink.py" />
            <source>Columns: rank (1 is best); score (cosine similarity, ranks the places of one query, no probability); relevance (0 to 1: how likely a person would call the place right; empty for a search by example); probability (0 to 1, only where refining read the place again); scene (path of the file); datetime (when it was taken, where that is known); id and source (what imported embeddings say of it); ground_m (side of the chip on the ground, metres); gsd_m (metres a pixel at which it was seen); col, row, width, height (the chip in pixels of the scene); query; siblings (the same ground in other scenes, at other dates and sizes, best first; its own scene is not named); class and review (for you to fill in: keep or reject is shown on the map); hit_key (names the chip).

The layer has the CRS of the scenes where all share one, else longitude and latitude (EPSG:4326).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/hit_sink.py" />
            <source>Match {0} has no polygon: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/hit_sink.py" />
            <source>Match {0} cannot be written to the output: {1}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only in this extent</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only inside these polygons</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only these scenes: names or patterns, between commas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only chips with a side on the ground of, metres</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only chips taken on this day or later</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Only chips taken on this day or earlier</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>The extent {0} ({1}) has no place on earth; give its CRS too.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>no CRS</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Layer {0} has no polygon to search in.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Found the sizes {0}; wanted two numbers such as 50,200.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/narrowing.py" />
            <source>Found the date {0}; wanted one such as 2020-07-19.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Outlines of what is found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>objects,polygons,vectorize,contours,segments</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Outlines what a sentence finds, such as fields or lakes: the parts of the heat map around the best chips of each scene's smallest ground size become polygons in longitude and latitude (EPSG:4326). No scene is read.

An outline is as exact as the step from chip to chip, which column step_m gives in metres: it shows which lake is meant, and measures none. Other columns: rank; score and relevance of the best chip; scene; hits (chips in it); area_m2; ground_m (side of a chip); query.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Chips outlined</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Smallest area, square metres</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/objects.py" />
            <source>Outlines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>First look</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>overview,clusters,groups,k-means,unsupervised,land cover</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>Puts the chips of an index into groups of their like, and calls each by the kind of place that it shows. No scene is read, and the same index gives the same groups.

A name with a question mark is a guess: for fewer than half of the group's chips it is more likely right than wrong. The layer has one shape for each group in each scene, no place twice. Columns: class (the name), says (the nearest sentences), scene, chips, area_m2.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>Number of groups</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>What groups may be called: a text, one a line</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/overview.py" />
            <source>Areas by group</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Render map to a scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>wms,wmts,xyz,tiles,web map,rasterize,screenshot,geotiff</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Draws layers as QGIS shows them, without labels, and writes a GeoTIFF that Build index can read: web maps (WMS, WMTS, XYZ), meshes, vector layers, anything with a style. Without layers, those that the project shows are taken.

Pixel size is in metres on the ground, in the middle of the area. In the layer's own coordinate system a web map stays as sharp as it is. One in degrees is replaced by the UTM zone.

A service is asked for many pictures: take no more than its terms of use allow. Pictures that do not come are counted, and their places are transparent.

Outputs: the scene, its width and height in pixels, and how many pictures did not come.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Area</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Pixel size on the ground, metres</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Coordinate system</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Width, pixels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Height, pixels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Pictures that did not come</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>{0} of {1} pictures did not come; these places are empty.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>Nothing to render: give layers, or show some.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/render_map.py" />
            <source>From {0}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>One result where overlapping chips show the same place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>The same across scenes, dates and sizes: these become siblings of the result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>While the index grows: ask until it is complete; Cancel gives what is there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>Matches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>{0} of {1} scenes so far, {2} new matches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_algorithm.py" />
            <source>{0} matches among {1} chips in {2:.2f} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Search by example</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>find,similar,like,unlike,embeddings,retrieval,relevance feedback</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Finds the places of an index that look like examples, and unlike counter-examples. Both are layers of points or polygons over indexed scenes; for a polygon or line a point on it counts. Each stands for the chip whose centre is nearest, of the smallest ground size unless one is given. Pictures seen from above (JPEG, PNG, WebP) are examples too, wherever they were taken.

A sentence may be added, and words with and without, several with ; between them. All vectors are added by Rocchio's formula (words 1, examples 0.75, counter-examples and words without -0.25). Examples stay among the matches.

A layer of earlier matches whose column review says keep or reject teaches the search: it moves towards the places kept (2) and away from those rejected (-1), and says in review which matches were judged. A sentence or an example goes with it, or a place kept. Places to judge are unlike each other, of the best that were not judged: ten verdicts on them teach more than on the ten best.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Examples (points or polygons)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Counter-examples (points or polygons)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Pictures as examples</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Pictures as counter-examples</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>And what to find</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>With, in words</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Without, in words</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Ground size of the examples' chips, metres</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Matches that were judged (column review)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Find places to judge next, not the best</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>There is no example: neither a picture nor a feature with a geometry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Layer {0} has no column {1}; take a layer of matches.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Feature {0} of layer {1} has {2} as review; wanted keep, reject or nothing.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Layer {0} has more than {1} features; select the examples among them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Feature {0} of layer {1} names no chip: {2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_example.py" />
            <source>Feature {0} of layer {1} has no place on earth: {2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>Search by text</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>find,query,sentence,similarity,embeddings,retrieval,vision-language</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>Finds the places of an index that match a sentence, such as: boats on a canal beside a factory.

Extent and polygons cut the chips before they are ranked: chips that touch them stay.

Refining looks at the best places again: it compares them with reference sentences, or reads them again from their scenes and gives each a probability, or both. A model that cannot refuses it.

Relevance is the probability that a person would call a place right. Where nothing fits, the log says so, and the nearest places come all the same unless a least relevance is given.

What a sentence says is not wanted (no, without, but not) is taken off the rest, and the log says how it was read. Commas with signs give weights: parking lot^2, trees, -cars. Matches have no relevance then; with refining or a least relevance the sentence is taken as it stands.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>Refine the best places</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/search_text.py" />
            <source>No</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Verify index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>check,checksum,damage,integrity</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Reads every byte of an index and of its scenes and compares them with their checksums. Nothing is changed, unless you ask to repair: then what is damaged is made anew from the scenes, and nothing else.

A sample is read from the scenes again, encoded and compared.

Outputs: the numbers of chips, scenes and problems, and the problems, a line each. No problems means: whole.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Chips to read again and compare</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Repair what is damaged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Number of problems</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Repaired: {0}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>The index is whole: {0} chips of {1} scenes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/verify_index.py" />
            <source>Stopped; what was repaired stays so.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>Watch a saved query</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>monitor,alert,new,saved search,find</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>Finds the places of an index that match a saved query and that no earlier watch has shown, such as those in scenes added since.

A query is saved with cmpagl search --save, or in the dock. A match reaches its least relevance or score; a sentence without either takes the model's cut-off. What was shown is kept beside the query's file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>Saved query (.json)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>What is shown counts as seen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/watch.py" />
            <source>{0} seen before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Where in the chip</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>explain,attention,part,words,raster</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Reads one place of an index again and writes how well each part of it matches a sentence, as a raster of one band (GeoTIFF). Parts are thirds of the place, so the raster shows which corner is meant, not an outline.

The log says which words of the sentence count: by how much the score falls when a word is left out.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Point inside the place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Side of the place on the ground, metres (else the smallest)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Words that made it a match</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../processing/where.py" />
            <source>Without {0} the score changes by {1}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../state_file.py" />
            <source>{0} was not written: {1}. Earlier sentences and recent indexes are kept until QGIS is closed; free space on the disk, or make the folder writable.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../texts.py" />
            <source>,</source>
            <translation type="unfinished" />
        </message>
        <message>
            <location filename="../texts.py" />
            <source>.</source>
            <translation type="unfinished" />
        </message>
    </context>
</TS>
