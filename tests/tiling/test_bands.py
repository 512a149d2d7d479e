import numpy as np
import pytest
from rasterio.enums import ColorInterp

from tiling import ChipSpec, describe_scene
from tiling.errors import BandError


@pytest.fixture
def bands_of(make_scene):
    """The bands chosen for a file of so many bands."""

    def find(count, dtype="uint8", *, colours=None, names=None, wanted=()):
        def finish(scene):
            if colours:
                scene.colorinterp = [getattr(ColorInterp, colour) for colour in colours.split()]
            if names:
                scene.descriptions = names

        rng = np.random.default_rng(1)
        pixels = rng.integers(0, 255, (count, 40, 50)).astype(dtype)
        path = make_scene(pixels, finish=finish, photometric="minisblack")
        return describe_scene(path, ChipSpec(bands=wanted)).bands

    return find


@pytest.mark.parametrize(
    ("count", "dtype", "bands"),
    [
        (1, "uint8", (1, 1, 1)),
        (2, "uint16", (1, 1, 1)),
        (3, "uint8", (1, 2, 3)),
        (3, "float32", (1, 2, 3)),
        (4, "uint8", (1, 2, 3)),
        (4, "uint16", (3, 2, 1)),
        (4, "int16", (3, 2, 1)),
        (5, "uint16", (3, 2, 1)),
        (7, "uint16", (4, 3, 2)),
        (8, "float64", (5, 3, 2)),
        (13, "uint16", (4, 3, 2)),
    ],
)
def test_bare_bands_are_guessed_by_their_number_and_type(bands_of, count, dtype, bands):
    assert bands_of(count, dtype) == bands


def test_colour_interpretation_decides(bands_of):
    assert bands_of(4, "uint16", colours="undefined blue green red") == (4, 3, 2)
    assert bands_of(4, "uint16", colours="alpha red green blue") == (2, 3, 4)
    assert bands_of(2, colours="gray alpha") == (1, 1, 1)
    assert bands_of(5, "uint16", colours="gray undefined undefined undefined alpha") == (3, 2, 1)


def test_band_names_decide_next(bands_of):
    s2 = ("B02", "B03", "B04", "B08", "B8A", "SCL")
    assert bands_of(6, "uint16", names=s2) == (3, 2, 1)
    words = ("Near infrared", "Red (665 nm)", "Green", "sur_refl_blue", "Red Edge 1")
    assert bands_of(5, "uint16", names=words) == (2, 3, 4)


def test_of_two_names_the_plainer_is_taken(bands_of):
    assert bands_of(4, names=("red", "red 2", "green", "blue")) == (1, 3, 4)
    assert bands_of(3, names=("B4", "B3", "B2")) == (1, 2, 3)


PRODUCERS = {
    "SuperDove": (
        "coastal_blue blue green_i green yellow red rededge nir",
        (6, 4, 2),
    ),
    "PlanetScope": ("blue green red nir", (3, 2, 1)),
    "Earth Engine, Sentinel-2": ("B1 B2 B3 B4 B5 B6 B7 B8 B8A B9 B11 B12", (4, 3, 2)),
    "Earth Engine, Sentinel-2, 10 m": ("B2 B3 B4 B8", (3, 2, 1)),
    "openEO, Sentinel-2": ("B08 B04 B03 B02 SCL", (2, 3, 4)),
    "Earth Engine, Landsat 8": ("SR_B1 SR_B2 SR_B3 SR_B4 SR_B5 SR_B6 SR_B7 ST_B10", (4, 3, 2)),
    "Earth Engine, Landsat 7": ("SR_B1 SR_B2 SR_B3 SR_B4 SR_B5 SR_B7 ST_B6", (3, 2, 1)),
    "MODIS": (
        "sur_refl_b01 sur_refl_b02 sur_refl_b03 sur_refl_b04 sur_refl_b05 sur_refl_b06 "
        "sur_refl_b07",
        (1, 4, 3),
    ),
    "DEA": ("nbart_coastal_aerosol nbart_blue nbart_green nbart_red nbart_nir_1", (4, 3, 2)),
    "Pléiades": ("B2 B1 B0 B3", (1, 2, 3)),
    "CBERS-4": ("BAND5 BAND6 BAND7 BAND8", (3, 2, 1)),
    "MicaSense, two cameras": (
        "Blue-444 Blue-475 Green-531 Green-560 Red-650 Red-668 RE-705 RE-717 RE-740 NIR-842",
        (6, 4, 2),
    ),
    "OpenDroneMap": ("Red Green NIR Rededge", (1, 2, 2)),
    "German": ("Blau Grün Rot Infrarot", (3, 2, 1)),
    "French": ("Bleu Vert Rouge PIR", (3, 2, 1)),
    "Spanish": ("azul verde rojo infrarrojo", (3, 2, 1)),
    "colour infrared": ("nir red green", (2, 3, 3)),
    "ENVI": ("450nm 550nm 650nm 850nm", (3, 2, 1)),
    "micrometres": ("0.485_um 0.56_um 0.66_um 0.83_um", (3, 2, 1)),
    "SPOT": ("XS1 XS2 XS3", (2, 1, 1)),
    "SPOT, infrared first": ("XS3 XS2 XS1 SWIR", (2, 3, 3)),
    "ASTER": ("B01 B02 B3N B04 B05 B06 B07 B08 B09", (2, 1, 1)),
    "ASTER, by array": ("ImageData1 ImageData2 ImageData3N", (2, 1, 1)),
    "MODIS, nadir": (" ".join(f"Nadir_Reflectance_Band{n}" for n in range(1, 8)), (1, 4, 3)),
    "counted": ("Band_1 Band_2 Band_3 Band_4", (3, 2, 1)),
}


@pytest.mark.parametrize("producer", PRODUCERS)
def test_bands_as_producers_name_them(bands_of, producer):
    names, wanted = PRODUCERS[producer]
    names = [name.replace("_um", " um") for name in names.split()]
    assert bands_of(len(names), "uint16", names=names) == wanted


FILES = {
    "20230101_101010_22_2423_3B_AnalyticMS_SR_8b_clip": (8, "uint16", (6, 4, 2)),
    "16JUL24-M2AS-WV03": (8, "uint16", (5, 3, 2)),
    "IMG_PHR1A_PMS_202301011010_ORT": (4, "uint16", (1, 2, 3)),
    "IMG_SPOT6_MS_202301011010_ORT": (4, "uint16", (1, 2, 3)),
    "SPOT5_HRG2_20100101": (4, "uint8", (2, 3, 3)),
    "GF1_PMS1_E116.5_N39.4_MSS1": (4, "uint16", (3, 2, 1)),
    "GF6_WFV_E116.5_N39.4": (8, "uint16", (3, 2, 1)),
    "S2B_MSIL2A_20230101_T31UFT_stack": (12, "uint16", (4, 3, 2)),
    "S2_rgb_export": (3, "uint16", (1, 2, 3)),
    "LC08_L2SP_198024_20230101_stack": (7, "uint16", (4, 3, 2)),
    "LT05_L2SP_198024_19900101_stack": (6, "uint16", (3, 2, 1)),
    "RapidEye_3A_2013": (5, "uint16", (3, 2, 1)),
    "20230101_ssc4_u0001_analytic": (4, "uint16", (3, 2, 1)),
    "m_3807708_nw_18_060_20210801_RGBN": (4, "uint16", (1, 2, 3)),
    "town_BGRN": (4, "uint8", (3, 2, 1)),
    "dop20_cir_32_280": (3, "uint8", (2, 3, 3)),
    "top_potsdam_2_10_IRRG": (3, "uint8", (2, 3, 3)),
    "ortho_NIRRG": (3, "uint8", (2, 3, 3)),
    "mapir_RGN": (3, "uint8", (1, 2, 2)),
    "top_potsdam_2_10_RGBIR": (4, "uint8", (1, 2, 3)),
    "scene_nirrgb": (4, "uint8", (2, 3, 4)),
    "growth_ring_map": (4, "uint8", (1, 2, 3)),
    "VENUS_XS_2020": (12, "int16", (7, 4, 3)),
    "town": (4, "uint8", (1, 2, 3)),
}


@pytest.mark.parametrize("stem", FILES)
def test_files_without_names_go_by_what_the_file_is_called(make_scene, stem):
    count, dtype, wanted = FILES[stem]
    pixels = np.random.default_rng(1).integers(9, 255, (count, 40, 50)).astype(dtype)
    path = make_scene(pixels, name=f"{stem}.tif", photometric="minisblack")
    assert describe_scene(path, ChipSpec()).bands == wanted


@pytest.mark.parametrize("stem", ["top_potsdam_2_10_IRRG", "mapir_RGN", "dop20_cir_32_280"])
def test_the_colour_tags_of_three_bytes_say_nothing_of_infrared(make_scene, stem):
    """GDAL writes red, green, blue for whatever three bands of bytes."""
    pixels = np.random.default_rng(1).integers(9, 255, (3, 40, 50), np.uint8)
    assert (
        describe_scene(make_scene(pixels, name=f"{stem}.tif"), ChipSpec()).bands == FILES[stem][2]
    )


def test_wavelengths_in_tags_are_read(make_scene):
    def finish(scene):
        for band, micrometres in enumerate((0.842, 0.665, 0.56, 0.49), 1):
            scene.update_tags(band, wavelength=micrometres, wavelength_units="Micrometers")

    path = make_scene(np.ones((4, 9, 9), "uint16"), finish=finish)
    assert describe_scene(path, ChipSpec()).bands == (2, 3, 4)


def noise(count, dtype="uint8"):
    return np.random.default_rng(1).integers(0, 250, (count, 60, 60)).astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_near_infrared_that_gdal_tags_as_alpha_hides_nothing(make_scene, read_all, dtype):
    pixels = noise(4, dtype)
    pixels[3, :30] //= 50  # water is black in near infrared
    path = make_scene(pixels, photometric="rgb", alpha="yes")
    scene, (chip,) = read_all(path, native=True, size_px=60)
    assert (scene.bands, scene.ignores_alpha) == ((1, 2, 3), True)
    assert chip.valid_fraction == 1


def test_transparency_with_a_soft_edge_is_transparency(make_scene, read_all):
    pixels = noise(4)
    pixels[3] = np.arange(60).clip(0, 27) - 20 + 8 > 0
    pixels[3] *= 255
    pixels[3, :, 20:23] = (60, 120, 190)
    scene, (chip,) = read_all(
        make_scene(pixels, photometric="rgb", alpha="yes"), native=True, size_px=60
    )
    assert not scene.ignores_alpha
    assert chip.valid_fraction < 1


@pytest.mark.parametrize(
    ("name", "bands", "names"),
    [
        ("LC09_L2SP_198024_20230101_02_T1_QA_PIXEL", 1, None),
        ("T31UFT_20230101T105031_SCL_20m", 1, None),
        ("20230101_101010_22_2423_3B_udm2", 8, None),
        ("scene", 1, ("SCL",)),
        ("scene", 8, ("clear", "snow", "shadow", "lhaze", "hhaze", "cloud", "conf", "unusable")),
    ],
)
def test_flags_of_quality_are_refused_unless_asked_for(make_scene, name, bands, names):
    def finish(scene):
        if names:
            scene.descriptions = names

    path = make_scene(noise(bands), name=f"{name}.tif", finish=finish, photometric="minisblack")
    with pytest.raises(BandError, match=r"no picture.*leave it out"):
        describe_scene(path, ChipSpec())
    assert describe_scene(path, ChipSpec(bands=(1,))).bands == (1, 1, 1)


@pytest.mark.parametrize(
    ("pixels", "name", "said"),
    [
        (noise(1, "float32"), "a", "no photographs"),
        (noise(1, "int16"), "a", "no photographs"),
        (noise(1, "uint16"), "town_dem", "heights"),
        (noise(1), "corine_landcover", "classes"),
        (noise(1, "uint16"), "s1a-iw-grd-vv-20200101", "radar"),
        (noise(3, "float32"), "S1_rtc_composite", "radar"),
        (noise(1) // 30, "a", "9 different values"),
        (noise(2, "uint16"), "a", "two bands"),
        (noise(8, "uint16"), "a", "--bands"),
    ],
)
def test_what_may_mislead_is_said_in_a_sentence(make_scene, pixels, name, said):
    path = make_scene(pixels, name=f"{name}.tif", photometric="minisblack")
    (note,) = describe_scene(path, ChipSpec()).notes
    assert said in note


def test_a_plain_picture_is_shown_without_a_word(make_scene):
    for count, dtype in ((1, "uint8"), (3, "uint8"), (4, "uint16")):
        assert describe_scene(make_scene(noise(count, dtype)), ChipSpec()).notes == ()


def test_the_user_decides_first(bands_of):
    assert bands_of(4, wanted=(4, 1, 2)) == (4, 1, 2)
    assert bands_of(4, wanted=(4,)) == (4, 4, 4)


def test_a_band_that_is_not_there_is_refused_with_the_count(bands_of):
    with pytest.raises(BandError, match=r"3 band\(s\), band 5 .* from 1 to 3"):
        bands_of(3, wanted=(1, 2, 5))
