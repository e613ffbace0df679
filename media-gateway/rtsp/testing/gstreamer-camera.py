"""An RTSP camera made of GStreamer: a moving picture and a tone. Prints its port, then what it hears, as lines of JSON.

Standard input takes "freeze" and "thaw" by the line; the camera ends with it.
Run with the system's Python: /usr/bin/python3 gstreamer-camera.py --help
"""

import argparse
import array
import json
import math
import os
import subprocess
import sys
import tempfile
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402, F401

options = argparse.ArgumentParser()
options.add_argument("--port", default="0")
options.add_argument("--address", default="127.0.0.1")
options.add_argument("--auth", choices=["none", "basic", "digest"], default="none")
options.add_argument("--user", default="viewer")
options.add_argument("--password", default="")
options.add_argument("--tls", default="", help="file with certificate and key in PEM")
options.add_argument("--transport", choices=["tcp", "udp", "any"], default="any")
options.add_argument("--session-timeout", type=int, default=60, help="seconds without a sign of the client")
options.add_argument("--sender-reports", choices=["true", "false"], default="true")
options.add_argument("--width", type=int)
options.add_argument("--height", type=int)
options.add_argument("--fps", type=int)
options.add_argument("--bitrate", type=int, help="kbit/s of the picture")
options.add_argument("--key-interval", type=int, help="frames")
options.add_argument("--parameter-sets", choices=["in-band", "sdp-only"], default="in-band")
options.add_argument("--video", choices=["h264", "h265", "mjpeg", "mpeg4", "none"], default="h264")
options.add_argument("--audio", choices=["pcma", "pcmu", "aac", "opus", "none"], default="pcma")
options.add_argument("--backchannel", choices=["pcma", "pcmu", "none"], default="none")
options.add_argument("--frozen-after", type=int, default=0, help="frames after which the picture stands still and is still sent")
options.add_argument("--sub", choices=["true", "false"], default="false", help="offers a small second stream as /sub")
args = options.parse_args()

Gst.init(None)
fps = args.fps or (5 if args.video in ("h265", "mpeg4") else 15)
key_interval = args.key_interval or fps * 2
small = args.video in ("h265", "mpeg4")
width = args.width or (320 if small else 640)
height = args.height or (240 if small else 360)
# Who only speaks sets up no picture and no sound: without this their sources would end the whole camera.
optional = "tee allow-not-linked=true ! " if args.backchannel != "none" else ""


def picture(number, width, height, bitrate):
    if args.video == "mpeg4":
        return mpeg4(number, width, height, bitrate)
    source = f"videotestsrc name=source is-live=true pattern=ball ! video/x-raw,format=I420,width={width},height={height},framerate={fps}/1"
    if args.video == "h264":
        # config-interval -1 sends SPS and PPS with every key frame, 0 leaves them to the SDP; x264 repeats them unless it is told not to.
        interval, repeat = (-1, 1) if args.parameter_sets == "in-band" else (0, 0)
        return (
            f"{source} ! x264enc tune=zerolatency speed-preset=ultrafast bitrate={bitrate} key-int-max={key_interval} threads=1"
            f" option-string=repeat-headers={repeat}"
            f" ! video/x-h264,profile=high,stream-format=avc ! {optional}rtph264pay name=pay{number} pt=96 config-interval={interval}"
        )
    if args.video == "h265":
        return (
            f"{source} ! x265enc tune=zerolatency speed-preset=ultrafast bitrate={bitrate} key-int-max={key_interval}"
            f" ! h265parse ! {optional}rtph265pay name=pay{number} pt=97 config-interval=-1"
        )
    return f"{source} ! jpegenc quality=60 ! {optional}rtpjpegpay name=pay{number} pt=26"


films = {}


def mpeg4(number, width, height, bitrate):
    """Debian's GStreamer has no encoder of MPEG-4 Visual: ffmpeg makes ten seconds, a file per picture, which `project` shows."""
    source = f"testsrc=size={width}x{height}:rate={fps}:duration=10"
    with tempfile.TemporaryDirectory() as directory:
        encode = ["-c:v", "mpeg4", "-b:v", f"{bitrate}k", "-g", str(key_interval), "-f", "image2", os.path.join(directory, "%03d")]
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *encode], check=True, stdin=subprocess.DEVNULL)
        pictures = films[(width, height)] = []
        for name in sorted(os.listdir(directory)):
            with open(os.path.join(directory, name), "rb") as file:
                pictures.append(file.read())
    caps = f"video/mpeg,mpegversion=4,systemstream=false,framerate={fps}/1"
    return (
        f'appsrc name=film is-live=true stream-type=seekable format=time do-timestamp=true caps="{caps}"'
        f" ! {optional}rtpmp4vpay config-interval=-1 name=pay{number} pt=98"
    )


def project(film, pictures):
    """Shows the pictures of `mpeg4` round and round."""
    shown = [0]

    def show():
        buffer = Gst.Buffer.new_wrapped(pictures[shown[0] % len(pictures)])
        shown[0] += 1
        return film.emit("push-buffer", buffer) == Gst.FlowReturn.OK

    # PLAY seeks, and fails where a source cannot.
    film.connect("seek-data", lambda _film, _offset: True)
    GLib.timeout_add(1000 // fps, show)


def sound(number):
    encode = {
        "pcma": ("rate=8000", "alawenc", "rtppcmapay pt=8"),
        "pcmu": ("rate=8000", "mulawenc", "rtppcmupay pt=0"),
        "aac": ("rate=44100", "voaacenc ! aacparse", "rtpmp4gpay pt=99"),
        "opus": ("rate=48000", "opusenc", "rtpopuspay pt=100"),
    }
    rate, encoder, payloader = encode[args.audio]
    source = f"audiotestsrc is-live=true freq=440 volume=0.5 ! audio/x-raw,{rate},channels=1"
    return f"{source} ! {encoder} ! {optional}{payloader} name=pay{number}"


def launch(width, height, bitrate):
    parts = []
    if args.video != "none":
        parts.append(picture(len(parts), width, height, bitrate))
    if args.audio != "none":
        parts.append(sound(len(parts)))
    return "( " + " ".join(parts) + " )"


def say(**what):
    print(json.dumps(what), flush=True)


sources = []


def freeze(frozen):
    """Any pattern but the ball's stands still."""
    for source in sources:
        source.set_property("pattern", "checkers-8" if frozen else "ball")


def configure(_factory, media, size):
    element = media.get_element()
    source, film, heard = (element.get_by_name(name) for name in ("source", "film", "heard"))
    if source is not None:
        sources.append(source)
        if args.frozen_after > 0:
            count_down(source)
    if film is not None:
        project(film, films[size])
    if heard is not None:
        listen(heard)


def count_down(source):
    left = [args.frozen_after]

    def probe(_pad, _info):
        left[0] -= 1
        if left[0] == 0:
            source.set_property("pattern", "checkers-8")
        return Gst.PadProbeReturn.OK

    source.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, probe)


def listen(sink):
    """Says how many packets came by the back channel, how loud the last was, and how high (from its zero crossings)."""
    packets = [0]

    def take(sink):
        buffer = sink.emit("pull-sample").get_buffer()
        samples = array.array("h", buffer.extract_dup(0, buffer.get_size()))
        packets[0] += 1
        crossings = sum(1 for a, b in zip(samples, samples[1:]) if (a < 0) != (b < 0))
        rms = math.sqrt(sum(each * each for each in samples) / max(len(samples), 1))
        say(packets=packets[0], rms=round(rms), hertz=round(crossings / 2 * 8000 / max(len(samples), 1)))
        return Gst.FlowReturn.OK

    sink.connect("new-sample", take)


def backchannel():
    number, name, depay = {"pcma": (8, "PCMA", "rtppcmadepay ! alawdec"), "pcmu": (0, "PCMU", "rtppcmudepay ! mulawdec")}[args.backchannel]
    caps = f"application/x-rtp,media=audio,payload={number},clock-rate=8000,encoding-name={name}"
    sink = "audio/x-raw,format=S16LE ! appsink name=heard emit-signals=true sync=false async=false"
    return f'( capsfilter caps="{caps}" name=depay_backchannel ! {depay} ! audioconvert ! {sink} )'


def make_factory(width, height, bitrate):
    onvif = args.backchannel != "none"
    factory = GstRtspServer.RTSPOnvifMediaFactory() if onvif else GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch(width, height, bitrate))
    if onvif:
        factory.set_media_gtype(GstRtspServer.RTSPOnvifMedia)
        factory.set_backchannel_launch(backchannel())
    # Those who speak to an ONVIF camera of GStreamer must not share its pipeline with those who watch.
    factory.set_shared(not onvif)
    factory.set_enable_rtcp(args.sender_reports == "true")
    ways = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}
    factory.set_protocols(ways.get(args.transport, GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP))
    factory.connect("media-configure", configure, (width, height))
    return factory


def authentication(factories):
    auth = GstRtspServer.RTSPAuth()
    if args.tls != "":
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(args.tls))
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
    if args.auth == "basic":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(args.user, args.password), token)
    elif args.auth == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(args.user, args.password, token)
    else:
        auth.set_default_token(token)
    access = Gst.Structure.new_from_string("user,media.factory.access=(boolean)true,media.factory.construct=(boolean)true")
    permissions = GstRtspServer.RTSPPermissions.new()
    permissions.add_role_from_structure(access)
    for factory in factories:
        factory.set_permissions(permissions)
    return auth


server = GstRtspServer.RTSPOnvifServer() if args.backchannel != "none" else GstRtspServer.RTSPServer()
server.set_address(args.address)
server.set_service(args.port)
mounts = {"/live": make_factory(width, height, args.bitrate or (200 if small else 600))}
if args.sub == "true":
    mounts["/sub"] = make_factory(320, 180, 150)
if args.auth != "none" or args.tls != "":
    server.set_auth(authentication(mounts.values()))
for path, factory in mounts.items():
    server.get_mount_points().add_factory(path, factory)


def limit(_client, session):
    session.set_timeout(args.session_timeout)
    session.set_property("extra-timeout", 0)


server.connect("client-connected", lambda _server, client: client.connect("new-session", limit))
GLib.timeout_add_seconds(1, lambda: server.get_session_pool().cleanup() >= 0)
server.attach(None)
print(server.get_bound_port(), flush=True)

loop = GLib.MainLoop()


def obey():
    for line in sys.stdin:
        GLib.idle_add(freeze, line.strip() == "freeze")
    loop.quit()


threading.Thread(target=obey, daemon=True).start()
loop.run()
