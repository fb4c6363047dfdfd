"""Which directives may change the answer to a request, and how the request model treats each: a closed table.

Each directive that httpd 2.4 or mod_wsgi knows is in one class. Where a directive of ``UNKNOWN`` applies, the trace says that
the answer is unknown, and names the directive. No directive outside of this table is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType


class Treatment(Enum):
    """How the request model treats a directive."""

    #: It decides which other lines there are, or what they say; ``model.reading`` resolves it.
    READ = "read"
    MODELLED = "modelled"
    #: It may change the answer, and is not modelled.
    UNKNOWN = "unknown"
    #: It refines what another directive asks for, and that directive already leaves the answer open.
    DEPENDENT = "dependent"
    #: It concerns only requests that visitors do not usually send: too large, too slow, malformed, to another proxy.
    UNUSUAL = "unusual"
    #: It changes content, headers, logs, speed or looks, but neither the status nor who answers.
    HARMLESS = "harmless"


class Moment(Enum):
    """The requests whose answer a directive of ``UNKNOWN`` may change."""

    #: Any request.
    ALWAYS = "always"
    #: Requests for which access is checked.
    ACCESS = "access"
    #: Requests that a WSGI application answers.
    APPLICATION = "application"
    #: URLs below ``/.well-known/acme-challenge`` or ``/.httpd``.
    WELL_KNOWN = "well-known"
    #: Requests by TLS whose Host header names another host than the handshake.
    OTHER_NAME = "other-name"
    #: Methods other than GET, HEAD and POST.
    METHOD = "method"
    #: Files that several variants stand for.
    NEGOTIATION = "negotiation"
    #: Types that an ``Action`` may be for.
    TYPE = "type"


_READ = """
    DefaultRuntimeDir Define <IfDefine <IfDirective <IfFile <IfModule <IfSection <IfVersion Include IncludeOptional
    LoadModule <Macro MacroIgnoreBadNesting MacroIgnoreEmptyArgs ServerRoot UnDefine UndefMacro Use
    <WSGIInterpreterOptions
"""

_MODELLED = """
    AcceptPathInfo AccessFileName Action AddCharset AddEncoding AddHandler AddLanguage AddType Alias AliasMatch
    AliasPreservePath allow AllowEncodedSlashes AllowMethods AllowOverride AllowOverrideList AuthBasicProvider
    AuthBasicAuthoritative AuthGroupFile AuthMerging AuthName <AuthnProviderAlias AuthType AuthUserFile <AuthzProviderAlias
    AuthzSendForbiddenOnFailure BrowserMatch BrowserMatchNoCase CheckBasenameMatch CheckCaseOnly CheckSpelling deny
    <Directory DirectoryCheckHandler DirectoryIndex DirectoryIndexRedirect <DirectoryMatch DirectorySlash
    DocumentRoot <Else <ElseIf ErrorDocument FallbackResource <Files <FilesMatch ForceType <If <Limit <LimitExcept
    LimitInternalRecursion LimitRequestBody LimitRequestLine Listen <Location <LocationMatch ModMimeUsePathInfo
    MergeSlashes MetaDir MetaSuffix MultiviewsMatch Options
    order PassEnv Protocol <Proxy <ProxyMatch ProxyPass ProxyPassInherit ProxyPassMatch Redirect RedirectMatch RedirectPermanent
    RedirectRelative RedirectTemp RemoteIPHeader RemoveCharset RemoveEncoding RemoveHandler RemoveLanguage
    RemoveType RequestHeader Require <RequireAll <RequireAny <RequireNone RewriteBase RewriteCond RewriteEngine
    RewriteMap RewriteOptions RewriteRule Satisfy Script ScriptAlias ScriptAliasMatch ServerAlias ServerName ServerPath
    SetEnv SetEnvIf SetEnvIfExpr SetEnvIfNoCase SetHandler SSLCertificateFile SSLEngine SSLOptions SSLRequire SSLRequireSSL
    SSLVerifyClient StrictHostCheck TraceEnable TypesConfig UnsetEnv UseCanonicalName UseCanonicalPhysicalPort User
    UserDir VirtualDocumentRoot VirtualDocumentRootIP <VirtualHost VirtualScriptAlias VirtualScriptAliasIP
    WSGIApplicationGroup WSGICallableObject WSGICaseSensitivity WSGIDaemonProcess WSGIHandlerScript WSGIProcessGroup
    WSGIRestrictEmbedded WSGIRestrictProcess WSGIScriptAlias WSGIScriptAliasMatch
"""

_UNKNOWN = {
    Moment.ALWAYS: """
        CacheEnable ChrootDir LimitRequestFields <LuaHookAccessChecker LuaHookAccessChecker LuaHookAuthChecker
        <LuaHookAuthChecker <LuaHookCheckUserID LuaHookCheckUserID <LuaHookFixups LuaHookFixups <LuaHookMapToStorage
        LuaHookMapToStorage LuaHookPreTranslateName <LuaHookPreTranslateName LuaHookTranslateName
        <LuaHookTranslateName LuaHookTypeChecker <LuaHookTypeChecker LuaMapHandler LuaQuickHandler <LuaQuickHandler
        MDRequireHttps MetaFiles ProtocolEcho ProxyExpressEnable RegexDefaultOptions RemoteIPProxyProtocol
    """,
    Moment.ACCESS: """
        AuthnzFcgiCheckAuthnProvider WSGIAccessScript
    """,
    Moment.APPLICATION: """
        WSGIDispatchScript
    """,
    Moment.WELL_KNOWN: """
        MDBaseServer MDCAChallenges MDCertificateStatus MDMember MDMembers MDomain <MDomain <MDomainSet
        MDServerStatus
    """,
    Moment.OTHER_NAME: """
        SSLStrictSNIVHostCheck SSLVHostSNIPolicy
    """,
    Moment.METHOD: """
        DAV RegisterHttpMethod
    """,
    Moment.NEGOTIATION: """
        DefaultLanguage ForceLanguagePriority LanguagePriority
    """,
    Moment.TYPE: """
        MimeMagicFile
    """,
}

#: What each refines. ``the application``: the application is the answer, and what it does then is its own affair.
_DEPENDENT = {
    "a log-in": """
        Anonymous Anonymous_MustGiveEmail Anonymous_NoUserId Anonymous_VerifyEmail
        AuthBasicUseDigestAlgorithm AuthDBDUserPWQuery AuthDBDUserRealmQuery AuthDBMGroupFile AuthDBMType
        AuthDBMUserFile AuthDigestAlgorithm AuthDigestDomain AuthDigestNcCheck AuthDigestNonceLifetime
        AuthDigestProvider AuthDigestQop AuthFormAuthoritative AuthFormBody AuthFormLocation
        AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation AuthFormLogoutLocation AuthFormMethod
        AuthFormMimetype AuthFormPassword AuthFormProvider AuthFormSitePassphrase AuthFormSize AuthFormUsername
        AuthLDAPBindAuthoritative AuthLDAPBindDN AuthLDAPBindPassword AuthLDAPCharsetConfig
        AuthLDAPCompareAsUser AuthLDAPCompareDNOnServer AuthLDAPDereferenceAliases AuthLDAPGroupAttribute
        AuthLDAPGroupAttributeIsDN AuthLDAPInitialBindAsUser AuthLDAPInitialBindPattern AuthLDAPMaxSubGroupDepth
        AuthLDAPRemoteUserAttribute AuthLDAPRemoteUserIsDN AuthLDAPSearchAsUser AuthLDAPSubGroupAttribute
        AuthLDAPSubGroupClass AuthLDAPURL AuthnCacheContext AuthnCacheEnable AuthnCacheProvideFor AuthnCacheTimeout
        AuthnzFcgiDefineProvider AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery
        AuthzDBMType LuaAuthzProvider Session SessionCookieName SessionCookieName2
        SessionCookieRemove SessionCryptoCipher SessionCryptoPassphrase SessionCryptoPassphraseFile
        SessionDBDCookieName SessionDBDCookieName2 SessionDBDCookieRemove SessionDBDPerUser SessionDBDSelectLabel
        SessionEnv SessionExclude SessionExpiryUpdateInterval SessionHeader SessionInclude SessionMaxAge SSLUserName
        WSGIAuthGroupScript WSGIAuthUserScript WSGIGroupAuthoritative
    """,
    "CacheEnable": """
        CacheDefaultExpire CacheDisable CacheIgnoreCacheControl CacheIgnoreHeaders CacheIgnoreNoLastMod
        CacheIgnoreQueryString CacheIgnoreURLSessionIdentifiers CacheKeyBaseURL CacheLastModifiedFactor
        CacheMaxExpire CacheMaxFileSize CacheMinExpire CacheMinFileSize CacheQuickHandler CacheRoot CacheSocache
        CacheSocacheMaxSize CacheSocacheMaxTime CacheSocacheMinTime CacheStaleOnError CacheStoreExpired
        CacheStoreNoStore CacheStorePrivate
    """,
    "DAV": """
        DAVBasePath DAVDepthInfinity DAVGenericLockDB DAVLockDB DAVLockDiscovery
    """,
    "a handler of mod_imagemap": """
        ImapBase ImapDefault ImapMenu
    """,
    "a hook of mod_lua": """
        LuaInherit LuaPackageCPath LuaPackagePath LuaRoot
    """,
    "MDomain": """
        MDCertificateFile MDCertificateKeyFile MDMatchNames MDPortMap MDStoreDir
    """,
    "ProxyPass": """
        BalancerInherit ProxyBadHeader ProxyErrorOverride ProxyMaxForwards ProxyPassInterpolateEnv ProxyPassReverse
        ProxySCGIInternalRedirect ProxySCGISendfile ProxyTimeout
    """,
    "ProxyExpressEnable": """
        ProxyExpressDBMFile ProxyExpressDBMType
    """,
    "RemoteIPHeader": """
        RemoteIPInternalProxy RemoteIPInternalProxyList RemoteIPTrustedProxy RemoteIPTrustedProxyList
    """,
    "RemoteIPProxyProtocol": """
        RemoteIPProxyProtocolExceptions
    """,
    "SSLVerifyClient": """
        SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile SSLCADNRequestPath SSLCARevocationCheck
        SSLCARevocationFile SSLCARevocationPath SSLOCSPDefaultResponder SSLOCSPEnable SSLOCSPNoVerify
        SSLOCSPOverrideResponder SSLOCSPProxyURL SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout
        SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew SSLOCSPUseRequestNonce SSLSRPUnknownUserSeed
        SSLSRPVerifierFile SSLVerifyDepth
    """,
    "the application": """
        WSGIErrorOverride WSGIFreeThreading WSGIPerInterpreterGIL WSGIPythonEggs WSGIPythonHashSeed WSGIPythonHome
        WSGIPythonOptimize WSGIPythonPath WSGIPythonWarnings WSGIRestrictSignal WSGIRestrictStdin WSGIRestrictStdout
    """,
    "another system": """
        CGIMapExtension DTracePrivileges EnableExceptionHook GprofDir ISAPIAppendLogToErrors ISAPIAppendLogToQuery
        ISAPICacheFile ISAPIFakeAsync ISAPILogNotSupported ISAPIReadAheadBuffer MaxThreads NWSSLTrustedCerts
        NWSSLUpgradeable PrivilegesMode ScriptInterpreterSource SecureListen StartThreads UNCList VHostCGIMode
        VHostCGIPrivs VHostGroup VHostPrivs VHostSecure VHostUser
    """,
}

_UNUSUAL = """
    AllowCONNECT CGIDScriptTimeout CGIScriptTimeout DeflateInflateLimitRequestBody DeflateInflateRatioBurst
    DeflateInflateRatioLimit Group H2MaxHeaderBlockLen H2MaxStreamErrors H2ProxyRequests H2StreamTimeout
    H2WebSockets HttpProtocolOptions KeptBodySize LimitRequestFieldsize LimitXMLRequestBody
    NoProxy ProxyBlock ProxyDomain ProxyRemote ProxyRemoteMatch ProxyRequests RequestReadTimeout ScriptSock
    SSLCertificateChainFile SSLCertificateKeyFile SSLCipherSuite SSLFIPS SSLHonorCipherOrder
    SSLInsecureRenegotiation SSLOpenSSLConfCmd SSLProtocol SSLRenegBufferSize Timeout WSGIChunkedRequest
    WSGISocketPrefix
"""

_HARMLESS = """
    AcceptFilter AddAlt AddAltByEncoding AddAltByType AddDefaultCharset AddDescription AddIcon AddIconByEncoding
    AddIconByType AddInputFilter AddModuleInfo AddOutputFilter AddOutputFilterByType Anonymous_LogEmail
    AsyncRequestWorkerFactor AuthBasicFake AuthDigestShmemSize AuthFormDisableNoStore AuthFormFakeBasicAuth
    AuthLDAPAuthorizePrefix AuthnCacheSOCache BalancerGrowth BalancerMember BalancerPersist BrotliAlterETag
    BrotliCompressionMaxInputBlock BrotliCompressionQuality BrotliCompressionWindow BrotliFilterNote BufferedLogs
    BufferSize CacheDetailHeader CacheDirLength CacheDirLevels cachefile CacheHeader CacheLock CacheLockMaxAge
    CacheLockPath CacheNegotiatedDocs CacheReadSize CacheReadTime CacheSocacheReadSize CacheSocacheReadTime
    CaseFilter CaseFilterIn CGIPassAuth CGIVar CharsetDefault CharsetOptions CharsetSourceEnc ContentDigest
    CookieDomain CookieExpires CookieHttpOnly CookieName CookieSameSite CookieSecure CookieStyle CookieTracking
    CoreDumpDirectory CustomLog DAVMinTimeout DBDExptime DBDInitSQL DBDKeep DBDMax DBDMin DBDParams DBDPersist
    DBDPrepareSQL DBDriver DefaultIcon DefaultType DeflateAlterEtag DeflateBufferSize DeflateCompressionLevel
    DeflateFilterNote DeflateMemLevel DeflateWindowSize DumpIOInput DumpIOOutput EnableMMAP EnableSendfile Error
    ErrorLog ErrorLogFormat ExpiresActive ExpiresByType ExpiresDefault ExtendedStatus ExtFilterDefine
    ExtFilterOptions FancyIndexing FileETag FilterChain FilterDeclare FilterProtocol FilterProvider FilterTrace
    FlushMaxPipelined FlushMaxThreshold ForensicLog GlobalLog GracefulShutdownTimeout H2CopyFiles H2Direct
    H2EarlyHint H2EarlyHints H2MaxDataFrameLen H2MaxSessionStreams H2MaxWorkerIdleSeconds H2MaxWorkers H2MinWorkers
    H2ModernTLSOnly H2OutputBuffering H2Padding H2Push H2PushDiarySize H2PushPriority H2PushResource
    H2SerializeHeaders H2SessionExtraFiles H2StreamMaxMemSize H2TLSCoolDownSecs H2TLSWarmUpSize H2Upgrade
    H2WindowSize Header HeaderName HeartbeatAddress HeartbeatListen HeartbeatMaxServers HeartbeatStorage
    HostnameLookups IdentityCheck IdentityCheckTimeout IndexHeadInsert IndexIgnore IndexIgnoreReset IndexOptions
    IndexOrderDefault IndexStyleSheet InputSed KeepAlive KeepAliveTimeout LDAPCacheEntries LDAPCacheTTL
    LDAPConnectionPoolTTL LDAPConnectionTimeout LDAPLibraryDebug LDAPOpCacheEntries LDAPOpCacheTTL
    LDAPReferralHopLimit LDAPReferrals LDAPRetries LDAPRetryDelay LDAPSharedCacheFile LDAPSharedCacheSize
    LDAPTimeout LDAPTrustedClientCert LDAPTrustedGlobalCert LDAPTrustedMode LDAPVerifyServerCert ListenBacklog
    ListenCoresBucketsRatio ListenTCPDeferAccept LoadFile LogFormat LogIOTrackTTFB LogLevel LogMessage
    Lua_____ByteCodeHack LuaCodeCache LuaHookInsertFilter LuaHookLog LuaInputFilter LuaOutputFilter LuaScope
    MaxClients MaxConnectionsPerChild MaxKeepAliveRequests MaxMemFree MaxRangeOverlaps MaxRangeReversals MaxRanges
    MaxRequestsPerChild MaxRequestWorkers MaxSpareServers MaxSpareThreads MDActivationDelay MDCACertificateFile
    MDCertificateAgreement MDCertificateAuthority MDCertificateCheck MDCertificateProtocol MDChallengeDns01
    MDChallengeDns01Version MDCheckInterval MDContactEmail MDDriveMode MDExternalAccountBinding MDHttpProxy
    MDHttpProxyCACertificateFile MDInitialDelay MDMessageCmd MDMustStaple MDNotifyCmd MDPrivateKeys MDProfile
    MDProfileMandatory MDRenewMode MDRenewViaARI MDRenewWindow MDRetryDelay MDRetryFailover MDStapleOthers
    MDStapling MDStaplingKeepResponse MDStaplingRenewWindow MDStoreLocks MDWarnWindow MemcacheConnTTL MergeTrailers
    MinSpareServers MinSpareThreads mmapfile ModemStandard Mutex NameVirtualHost OutputSed PidFile Port Protocols
    ProtocolsHonorOrder Proxy100Continue ProxyAddHeaders ProxyFCGIBackendType ProxyFCGISetEnvIf ProxyFtpDirCharset
    ProxyFtpEscapeWildcards ProxyFtpListOnWildcard ProxyHCExpr ProxyHCTemplate ProxyHCTPsize ProxyHTMLBufSize
    ProxyHTMLCharsetOut ProxyHTMLDoctype ProxyHTMLEnable ProxyHTMLEvents ProxyHTMLExtended ProxyHTMLFixups
    ProxyHTMLInterp ProxyHTMLLinks ProxyHTMLMeta ProxyHTMLStripComments ProxyHTMLURLMap ProxyIOBufferSize
    ProxyPassReverseCookieDomain ProxyPassReverseCookiePath ProxyPreserveHost ProxyReceiveBufferSize ProxySet
    ProxySourceAddress ProxyStatus ProxyVia ProxyWebsocketFallbackToProxyHttp QualifyRedirectURL ReadBufferSize
    ReadmeName ReceiveBufferSize RedisConnPoolTTL RedisTimeout ReflectorHeader RemoteIPProxiesHeader
    RemoveInputFilter RemoveOutputFilter RLimitCPU RLimitMEM RLimitNPROC ScoreBoardFile ScriptLog
    ScriptLogBuffer ScriptLogLength SeeRequestTail SendBufferSize ServerAdmin ServerLimit ServerSignature
    ServerTokens SessionCryptoDriver SessionDBDDeleteLabel SessionDBDInsertLabel SessionDBDUpdateLabel
    SetInputFilter SetOutputFilter SSIEndTag SSIErrorMsg SSIEtag SSILastModified SSILegacyExprParser SSIStartTag
    SSITimeFormat SSIUndefinedEcho SSLCompression SSLCryptoDevice SSLLog SSLLogLevel SSLPassPhraseDialog
    SSLProxyCACertificateFile SSLProxyCACertificatePath SSLProxyCARevocationCheck SSLProxyCARevocationFile
    SSLProxyCARevocationPath SSLProxyCheckPeerCN SSLProxyCheckPeerExpire SSLProxyCheckPeerName SSLProxyCipherSuite
    SSLProxyEngine SSLProxyMachineCertificateChainFile SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath
    SSLProxyProtocol SSLProxyVerify SSLProxyVerifyDepth SSLRandomSeed SSLSessionCache SSLSessionCacheTimeout
    SSLSessionTicketKeyFile SSLSessionTickets SSLStaplingCache SSLStaplingErrorCacheTimeout SSLStaplingFakeTryLater
    SSLStaplingForceURL SSLStaplingResponderTimeout SSLStaplingResponseMaxAge SSLStaplingResponseTimeSkew
    SSLStaplingReturnResponderErrors SSLStaplingStandardCacheTimeout SSLUseStapling StartServers Substitute
    SubstituteInheritBefore SubstituteMaxLineLength Suexec SuexecUserGroup ThreadLimit ThreadsPerChild
    ThreadStackSize TransferLog WatchdogInterval WSGIAcceptMutex WSGIApacheExtensions WSGIDestroyInterpreter
    WSGIDontWriteBytecode WSGIEnableSendfile WSGIIgnoreActivity WSGIImportScript WSGILazyInitialization
    WSGIMapHEADToGET WSGINewRelicConfigFile WSGINewRelicEnvironment WSGIOutputBuffering WSGIPassApacheRequest
    WSGIPassAuthorization WSGIPy3kWarningFlag WSGIPythonExecutable WSGIReloadMechanism WSGIScriptReloading
    WSGIServerGroup WSGIServerMetrics WSGISlowRequests WSGISocketRotation WSGISwitchInterval WSGITelemetryOptions
    WSGITelemetryService WSGITrustedProxies WSGITrustedProxyHeaders WSGIUserAuthoritative WSGIVerboseDebugging
    XBitHack xml2EncAlias xml2EncDefault xml2StartParse
"""


def _keys(names: str) -> list[str]:
    return [name.removeprefix("<").casefold() for name in names.split()]


@cache
def treatments() -> Mapping[str, Treatment]:
    """Return the treatment of every directive and section, by its name in lower case without ``<``."""
    classes = [
        (Treatment.READ, _READ),
        (Treatment.MODELLED, _MODELLED),
        *((Treatment.UNKNOWN, names) for names in _UNKNOWN.values()),
        *((Treatment.DEPENDENT, names) for names in _DEPENDENT.values()),
        (Treatment.UNUSUAL, _UNUSUAL),
        (Treatment.HARMLESS, _HARMLESS),
    ]
    return MappingProxyType({key: treatment for treatment, names in classes for key in _keys(names)})


#: Directives of ``HARMLESS`` that the model asks for all the same: their words may be refused in an ``.htaccess`` file, or are
#: told with the answer.
_LOOKED_AT = frozenset({
    "error", "errorlog", "header", "indexoptions", "fancyindexing", "serversignature",
    "wsgipassauthorization", "wsgiscriptreloading",
})  # fmt: skip


@cache
def never_looked_at() -> frozenset[str]:
    """Return the directives that the request model never looks at: where only these differ, all answers are the same."""
    return frozenset(_keys(_HARMLESS)) - _LOOKED_AT


@cache
def unknown_at(moment: Moment) -> frozenset[str]:
    """Return the directives that are not modelled and may change the answer to requests of this kind."""
    return frozenset(_keys(_UNKNOWN[moment]))


@cache
def dependents() -> Mapping[str, tuple[str, ...]]:
    """Return the ``DEPENDENT`` directives, by the directive that each refines."""
    return MappingProxyType({principal: tuple(_keys(names)) for principal, names in _DEPENDENT.items()})
