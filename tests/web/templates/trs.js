function doZoom(size) { document.getElementById("zoom").style.fontSize = size + "px"; }
function createPageHTML(count, current, name, ext) {
	if (count <= 1) { return; }
	var html = "";
	for (var i = 0; i < count; i++) {
		var file = i == 0 ? name + "." + ext : name + "_" + i + "." + ext;
		html += i == current ? "<span>" + (i + 1) + "</span>" : "<a href=\"" + file + "\">" + (i + 1) + "</a>";
	}
	document.write(html);
}
