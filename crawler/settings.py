"""Every setting with its reason."""

from pathlib import Path

BOT_NAME = "harvest"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.cli.entries"  # the commands themselves are in crawler.commands

# -- ours -----------------------------------------------------------------------------------------------------------

#: Where runs leave their files (FORMAT: files under output/).
#: The default lies in the checkout, whatever the current folder is; installed, in the current folder.
_checkout = Path(__file__).parents[1]
OUTPUT_DIR = str(_checkout / "output") if (_checkout / "scrapy.cfg").exists() else "output"
#: Where finished files are copied after a run (`s3://BUCKET/PREFIX`); nowhere by default.
S3_COPY = None
#: A command that is called after each run, with the path of the run's manifest behind it; none by default.
AFTER_RUN = None

# -- politeness -----------------------------------------------------------------------------------------------------

#: Who is behind the crawl: a mail address or a URL, in the user agent. Also from the environment. A crawl of a public
#: address does not start without it.
CONTACT = None
#: robots.txt is obeyed by `crawler.middlewares.robots` (Crawl-delay, and nothing is asked where it answers 5xx); this
#: is the name of the habit, read by nobody else.
ROBOTSTXT_OBEY = True
#: A Crawl-delay or a Retry-After beyond these seconds means: not today.
CRAWL_DELAY_LIMIT = 300
RETRY_AFTER_LIMIT = 300
#: So many log-in walls and captchas one after another, and the site has noticed us: the run ends.
WALLS_IN_A_ROW = 10
#: Other people's servers: one request a second, slower where they answer slowly. Only `demo` sets 0.
DOWNLOAD_DELAY = 1
DOWNLOAD_DELAY_JITTER = 0  # "one second" is a promise, not an average
#: Slower where the host answers slowly; `crawler.extensions.throttle`, which keeps to Crawl-delay.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
#: A list of 16 pages in flight is enough to fill a core on loopback, and all of one host.
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 16
#: Three tries, then it is on file and the next run asks again.
RETRY_TIMES = 2
#: The run's own line says how many were given up.
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
#: A page that has not come in half a minute will not.
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5
#: No log-in, no session: a site that needs cookies shows us its wall.
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
}

# -- safety ---------------------------------------------------------------------------------------------------------

#: Hosts (`host` or `host:port`) that may be talked to although their address is private, loopback or link-local.
ALLOW_PRIVATE_HOSTS: list[str] = []
#: HTTP only, by aiohttp, which talks to public addresses only.
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetching.download.Download", "https": "crawler.fetching.download.Download",
    "data": None, "file": None, "ftp": None, "s3": None,
}  # fmt: skip
TELNETCONSOLE_ENABLED = False  # a shell into the process is nobody's business
DOWNLOAD_VERIFY_CERTIFICATES = True  # `crawler.fetching.download` knows no other way
#: FORMAT: `too_large` is a page over 32 MiB; also what a compressed one may grow to.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0

#: What reading and cleaning one page may use, in a process that is ended beyond it (failure `too_slow`, `too_large`): CPU
#: seconds for a page of up to 1 MB (a larger one gets more in proportion), and megabytes of memory.
PAGE_CPU_SECONDS = 4
PAGE_MEMORY_MB = 1024

# -- nothing lost, nothing doubled ----------------------------------------------------------------------------------

#: Pages come from the durable frontier, which also knows what was seen; Scrapy's queues lose pages under a kill.
SCHEDULER = "crawler.scheduler.FrontierScheduler"
ITEM_PIPELINES = {"pipelines.item_pipelines.Read": 100, "pipelines.item_pipelines.Keep": 200}
EXTENSIONS = {
    "crawler.extensions.run_manifest.RunManifest": 0,
    "crawler.extensions.progress.ShowProgress": 0,
    "crawler.extensions.throttle.Throttle": 0,
    "crawler.extensions.wall_streak.WallStreak": 0,
    "scrapy.extensions.throttle.AutoThrottle": None,  # ours keeps to robots.txt
    # Not wanted: one run counts its own, writes its own files, and keeps no pickled spider.
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.closespider.CloseSpider": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
}

# -- speed ----------------------------------------------------------------------------------------------------------

#: Scrapy starts this many tasks for every response, most of them to find nothing to do: 1 made a bare spider 1.7
#: times faster. A response makes one item anyway.
CONCURRENT_ITEMS = 1
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"
SPIDER_MIDDLEWARES = {
    # Each wraps every response's output in one more generator, and none has anything to do here: statuses are read by
    # the spider, there is no depth, no referer is sent.
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
DOWNLOADER_MIDDLEWARES = {
    # In place of Scrapy's own, each for the reason its module gives.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.Robots": 100,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "crawler.middlewares.agent.Agent": 500,
    "crawler.middlewares.retry_after.RetryAfter": 560,  # nearer to the network than Scrapy's retries
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.compression.Compression": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.redirect.Redirect": 600,
    # Not wanted.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # links are chosen by host already
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # nothing behind a log-in is asked for
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # parses every page for a tag of the nineties
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # crawler.fetching.proxy, which checks names
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
DOWNLOADER_STATS = False
LOG_FORMATTER = "crawler.extensions.log_lines.LogLines"
WARN_ON_GENERATOR_RETURN_VALUE = False

# -- what is said ---------------------------------------------------------------------------------------------------

#: Runs end with one line of ours; Scrapy speaks up where something is wrong.
LOG_LEVEL = "WARNING"
#: A live line on a terminal, a plain one a minute otherwise; `-q` turns it off.
PROGRESS = True
STATS_DUMP = False
