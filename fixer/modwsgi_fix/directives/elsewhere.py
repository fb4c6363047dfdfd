"""Directive names of well-known modules outside httpd's and mod_wsgi's sources, which must not count as misspelt.

Written from the modules' own manuals; no list of third-party modules can be complete.
"""

#: Prefixes, each shared by all names of a family and by no name of httpd's.
PREFIXES = """
    AddRadius AddTile Auth_MySQL Auth_PG AuthCAS AuthCookieDBI AuthKerb AuthMySQL AuthNTLM AuthOpenID AuthPAM AuthPG
    AuthRadius AuthShadow AuthSSPI AuthTKT AuthXRadius AuthzSVN AuthzUnixGroup BandWidth Bw_ CASAttribute CASCache
    CASCert CASCookie CASDebug CASIdle CASLogin CASProxy CASRoot CASScope CASSSO CASTimeout CASValidate CASVersion
    CBand Cosign CTAudit CTLog CTProxy CTSCT CTStatic DAVsvn DNSSD DOSBlocking DOSEmail DOSEnabled DOSHash DOSLog
    DOSPage DOSSite DOSSystem DOSWhite ExternalAuth FastCgi Fcgid GeoIP GnuTLS GridSite Gssapi H264Streaming
    InterceptForm Jk Krb LoadTile LookupDbus LookupOutput LookupUser lsapi_ lsphp MapServer MaxClientsVHost
    MaxMindDB Mellon ModPageSpeed ModTile Mono NLB NSS NTLM OAuth2 OIDC PageSpeed Passenger Perl php PHPINI
    PubCookie PythonA PythonC PythonD PythonE PythonF PythonH PythonI PythonL PythonO PythonP PythonS PythonT QS_
    QSLog Rack Rails RPAF Ruby SecAction SecArgument SecAudit SecAuth SecCache SecChroot SecCollection SecComponent
    SecConn SecContent SecCookie SecData SecDebug SecDefault SecDisable SecEncryption SecFilter SecGeo SecGsb
    SecGuardian SecHash SecHttp SecInterceptOn SecMarker SecPcre SecPdf SecRead SecRemote SecRequest SecResponse
    SecRule SecScript SecSensor SecServer SecStatus SecStream SecTmp SecUnicode SecUpload Security2 SecWeb SecWrite
    SecXml Shib suPHP SVN TKTAuth TLS Tomcat UploadProgress Uwsgi VhostLDAP WebAuth WebKDC Weblogic WLS XForward
    XSendFile
"""

#: Names of families too small, or too close to httpd's, for a prefix.
NAMES = """
    AADefaultHatName AAHatName AddExternalAuth AddExternalGroup AddMonoApplications AddUploadProgress Advertise
    AdvertiseBindAddress AdvertiseFrequency AdvertiseGroup AdvertiseManagerUrl AdvertiseSecurityKey AllowDisplay
    AllowCmd AssignUserID AssignUserIDExpr AuthExternal AuthExternalContext AuthExternalProvideCache AuthnExternal
    AuthPubtkt AuthToken AuthTokenPrefix AuthTokenSecret AuthTokenTimeout CASAuthNHeader CheckNonce ClusterId
    ContextManager CreateBalancers DefineExternalAuth DefineExternalGroup DeterministicFailover EnableMCPMReceive
    EnableMCMPReceive EnableOptions EnableWsTunnel ForceHTTPS GroupExternal GroupExternalManager
    GroupExternalAuthoritative LimitGIDRange LimitUIDRange LBStatusRecalTime MagickTile ManagerBalancerName
    MaxConnPerIP MaxConnPerUid MaxContext MaxHost MaxMCMPMessSize MaxNode MaxSessionId MaxConnectionsPerIP
    MemManagerFile ModSecurity NiceValue NoIPLimit NSS OnlyIPLimit PersistSessionId PersistSlots Perl
    ProxyErrorWebSocket ReduceDisplay ResponseFieldSize RDocumentChRoot RGidRange RGroups RMinUidGid RMode RUidGid
    ServerAdvertise UseAlias UseNocanon WebSocketHandler WLExcludePathOrMimeType WSUpgradeHeader XBitHackExtended
    iWTSServer LoadMonitorInterval LuaExternal
"""

#: How the directives of PHP begin, in lower case.
PHP = ("php_", "phpini")
