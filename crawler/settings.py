"""Every setting with its reason."""

BOT_NAME = "harvest"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"

# -- ours -----------------------------------------------------------------------------------------------------------

#: Where runs leave their files (FORMAT: files under output/).
OUTPUT_DIR = "output"

# -- politeness -----------------------------------------------------------------------------------------------------

ROBOTSTXT_OBEY = True
#: Other people's servers: one request a second, slower where they answer slowly. Only `demo` sets 0.
DOWNLOAD_DELAY = 1
DOWNLOAD_DELAY_JITTER = 0  # "one second" is a promise, not an average
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1  # the default of 5 s would triple a short run
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
#: A list of 16 pages in flight is enough to fill a core on loopback, and all of one host.
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 16
#: Three tries, then it is on file and the next run asks again.
RETRY_TIMES = 2
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

TELNETCONSOLE_ENABLED = False  # a shell into the process is nobody's business
DOWNLOAD_VERIFY_CERTIFICATES = True
#: FORMAT: `too_large` is a page over 32 MiB; also what a compressed one may grow to.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0

# -- nothing lost, nothing doubled ----------------------------------------------------------------------------------

#: Pages come from the durable frontier, which also knows what was seen; Scrapy's queues lose pages under a kill.
SCHEDULER = "crawler.scheduler.FrontierScheduler"
ITEM_PIPELINES = {"pipelines.item_pipelines.Clean": 100, "pipelines.item_pipelines.Keep": 200}
EXTENSIONS = {
    "crawler.extensions.run_manifest.RunManifest": 0,
    # Not wanted: one run counts its own, writes its own files, and keeps no pickled spider.
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.closespider.CloseSpider": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
}

# -- speed ----------------------------------------------------------------------------------------------------------

#: Scrapy starts this many tasks for every response, most of them to find nothing to do: 1 made a bare spider 1.7
#: times faster. A page yields one item anyway.
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
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # links are chosen by host already
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.redirect.Redirect": 600,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # parses every page for a tag of the nineties
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
DOWNLOADER_STATS = False
LOG_FORMATTER = "crawler.extensions.log_lines.LogLines"
WARN_ON_GENERATOR_RETURN_VALUE = False

# -- what is said ---------------------------------------------------------------------------------------------------

#: Runs end with one line of ours; Scrapy speaks up where something is wrong.
LOG_LEVEL = "WARNING"
STATS_DUMP = False
