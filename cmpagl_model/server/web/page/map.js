// The map: land and a graticule that need no network, scenes, hits, the chosen chip's picture.
const L = window.L;
const STEPS = [30, 10, 5, 2, 1, .5, .2, .1, .05, .02, .01, .005, .002, .001, .0005, .0002];

/** A picture laid onto three corners of a footprint, so that turned scenes lie right. */
const Laid = L.ImageOverlay.extend({
  initialize(url, corners) {
    this._corners = corners;
    L.ImageOverlay.prototype.initialize.call(this, url, L.latLngBounds(corners), {});
  },
  _initImage() {
    L.ImageOverlay.prototype._initImage.call(this);
    L.DomUtil.removeClass(this._image, 'leaflet-zoom-animated');
    this._image.style.transformOrigin = '0 0';
  },
  getEvents() { return {zoom: this._reset, viewreset: this._reset, zoomend: this._reset}; },
  _reset() {
    const [a, b, c] = this._corners.map((at) => this._map.latLngToLayerPoint(at));
    const side = 100;
    this._image.style.width = this._image.style.height = `${side}px`;
    const turned = [b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y].map((n) => n / side);
    this._image.style.transform = `matrix(${turned.join(',')},${a.x},${a.y})`;
  },
});

export class PlaceMap {
  constructor(element, settings, onChoose) {
    const moving = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.map = L.map(element, {
      worldCopyJump: false, minZoom: 1, maxZoom: 22, zoomAnimation: moving, fadeAnimation: moving,
    }).setView([20, 0], 2);
    this.map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    this.onChoose = onChoose;
    if (settings.tiles) {
      L.tileLayer(settings.tiles, {attribution: settings.attribution, maxZoom: 22}).addTo(this.map);
    } else {
      this.land();
    }
    L.control.scale({imperial: false}).addTo(this.map);
    this.scenes = L.layerGroup().addTo(this.map);
    this.points = L.layerGroup().addTo(this.map);
    this.boxes = [];
    this.map.on('zoomend', () => this.dots());
    this.hits = L.layerGroup().addTo(this.map);
    this.picture = null;
    this.marks = new Map();
  }

  async land() {
    this.map.createPane('land').style.zIndex = 150;
    this.map.createPane('grid').style.zIndex = 160;
    this.grid = L.layerGroup().addTo(this.map);
    this.map.on('moveend', () => this.graticule());
    this.graticule();
    const shape = await (await fetch('page/land.json')).json();
    L.geoJSON(shape, {
      pane: 'land', interactive: false,
      style: {className: 'land', weight: 1, fillOpacity: 1},
    }).addTo(this.map);
    this.map.attributionControl.addAttribution('Natural Earth');
  }

  graticule() {
    const box = this.map.getBounds();
    const size = this.map.getSize();
    const wide = (box.getEast() - box.getWest()) * 110 / Math.max(size.x, 110);
    const step = STEPS.filter((one) => one >= wide).pop() ?? 30;
    const digits = Math.max(0, Math.ceil(-Math.log10(step)));
    const clamp = (n, most) => Math.max(-most, Math.min(most, n));
    const [west, east] = [clamp(box.getWest(), 180), clamp(box.getEast(), 180)];
    const [south, north] = [clamp(box.getSouth(), 85), clamp(box.getNorth(), 85)];
    const styled = {className: 'grid', weight: 1, interactive: false, pane: 'grid'};
    const text = (place, words, side) => L.marker(place, {
      interactive: false, keyboard: false,
      icon: L.divIcon({className: 'degree', html: words, iconAnchor: side}),
    });
    const said = (n, plus, minus) => `${Math.abs(n).toFixed(digits)}°${n ? ` ${n < 0 ? minus : plus}` : ''}`;
    this.grid.clearLayers();
    const at = (x, y) => this.map.containerPointToLatLng([x, y]);
    for (let n = Math.ceil(west / step); n * step <= east; n += 1) {
      const lon = n * step;
      this.grid.addLayer(L.polyline([[south, lon], [north, lon]], styled));
      const {x} = this.map.latLngToContainerPoint([0, lon]);
      if (x > 40 && x < size.x - 70) {
        this.grid.addLayer(text([at(0, 0).lat, lon], said(lon, 'E', 'W'), [-4, -4]));
      }
    }
    for (let n = Math.ceil(south / step); n * step <= north; n += 1) {
      const lat = n * step;
      this.grid.addLayer(L.polyline([[lat, west], [lat, east]], styled));
      const {y} = this.map.latLngToContainerPoint([lat, 0]);
      if (y > 100 && y < size.y - 50) {
        this.grid.addLayer(text([lat, at(0, 0).lng], said(lat, 'N', 'S'), [-8, 18]));
      }
    }
  }

  /** Scenes that are too small to be seen get a dot. */
  dots() {
    this.points.clearLayers();
    for (const box of this.boxes) {
      const size = this.map.latLngToLayerPoint(box.getSouthEast())
        .subtract(this.map.latLngToLayerPoint(box.getNorthWest()));
      if (Math.max(size.x, size.y) > 12) continue;
      this.points.addLayer(L.circleMarker(box.getCenter(), {
        className: 'scene', radius: 4, weight: 1, fillOpacity: .7, interactive: false,
      }));
    }
  }

  /** Footprints of scenes; the view becomes theirs unless it shall stay. */
  showScenes(features, stay) {
    this.scenes.clearLayers();
    const drawn = L.geoJSON(features, {
      interactive: false,
      style: {className: 'scene', weight: 1, fillOpacity: .06, dashArray: '4 3'},
    });
    this.scenes.addLayer(drawn);
    this.boxes = drawn.getLayers().map((one) => one.getBounds());
    this.dots();
    if (!stay && features.length) this.map.fitBounds(drawn.getBounds(), {padding: [24, 24]});
  }

  /** Hits, best first; `isFound` says which reach the cut-off. */
  showHits(features, isFound, stay) {
    this.clearHits();
    for (const feature of [...features].reverse()) {
      const kind = isFound(feature) ? 'found' : 'weak';
      const shape = L.geoJSON(feature, {
        style: {className: `hit ${kind}`, weight: 2, fillOpacity: .12},
      });
      const rank = feature.properties.rank;
      const large = rank <= 20;
      const pin = L.marker(shape.getBounds().getCenter(), {
        keyboard: false, zIndexOffset: 1000 - 10 * rank, title: `${rank}: ${feature.properties.scene}`,
        icon: L.divIcon({
          className: `pin ${kind}`, html: large ? String(rank) : '',
          iconSize: large ? [24, 24] : [10, 10],
        }),
      });
      for (const one of [shape, pin]) {
        one.on('click', () => this.onChoose(feature.id));
        this.hits.addLayer(one);
      }
      this.marks.set(feature.id, {feature, shape, pin});
    }
    if (stay || !features.length) return;
    const found = features.filter(isFound);
    const first = (found.length ? found : features).slice(0, 20).map((one) => this.marks.get(one.id).shape.getBounds());
    const all = first.reduce((box, one) => box.extend(one), L.latLngBounds(first[0].getSouthWest(),
      first[0].getNorthEast()));
    this.map.fitBounds(all, {padding: [48, 48], maxZoom: 18});
  }

  clearHits() {
    this.hits.clearLayers();
    this.marks.clear();
    this.lift();
  }

  lift() {
    this.picture?.remove();
    this.picture = null;
    this.map.getContainer().classList.remove('one');
  }

  /** One hit chosen: seen as such, and gone to where it is asked for. */
  choose(id, go) {
    for (const [own, {shape, pin}] of this.marks) {
      for (const one of [pin, ...shape.getLayers()]) {
        one.getElement()?.classList.toggle('chosen', own === id);
      }
      pin.setOpacity(1);
    }
    const mark = this.marks.get(id);
    if (mark && go) this.map.fitBounds(mark.shape.getBounds(), {padding: [90, 90], maxZoom: 20});
  }

  /** The picture of a chip on the ground; those at a scene's edge are wider than their footprint. */
  lay(id, url) {
    this.lift();
    const {feature, pin} = this.marks.get(id) ?? {};
    const ring = feature?.geometry.type === 'Polygon' ? feature.geometry.coordinates[0] : [];
    if (ring.length !== 5 || feature.properties.edge) return;
    const [upperLeft, lowerLeft, , upperRight] = ring.map(([lon, lat]) => L.latLng(lat, lon));
    if (upperLeft.lat <= lowerLeft.lat || upperRight.lng <= upperLeft.lng) return;
    this.picture = new Laid(url, [upperLeft, upperRight, lowerLeft]).addTo(this.map);
    this.map.getContainer().classList.add('one');
    pin.setOpacity(0);
  }

  /** West, south, east, north of what is seen, on the globe. */
  box() {
    const seen = this.map.getBounds();
    const clamp = (n, most) => Math.max(-most, Math.min(most, n));
    return [clamp(seen.getWest(), 180), clamp(seen.getSouth(), 90),
      clamp(seen.getEast(), 180), clamp(seen.getNorth(), 90)].map((n) => n.toFixed(7)).join(',');
  }
}
