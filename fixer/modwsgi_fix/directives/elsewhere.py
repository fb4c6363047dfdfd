"""Names of well-known modules outside httpd's and mod_wsgi's sources, so that nobody takes them for slips of the pen.

Written from the modules' own manuals; no list of third-party modules can be complete.
"""

#: Each is the beginning of a family's names and of none of httpd's.
PREFIXES = """
    AddRadius AddTile AuthCAS AuthCookieDBI AuthKerb AuthMySQL Auth_MySQL AuthNTLM AuthOpenID AuthPAM Auth_PG AuthPG
    AuthRadius AuthShadow AuthSSPI AuthTKT AuthXRadius AuthzSVN AuthzUnixGroup BandWidth Bw_ CASLogin CASValidate
    CASCookie CASCert CASRoot CASScope CASTimeout CASIdle CASCache CASDebug CASVersion CASProxy CASAttribute CASSSO
    CBand Cosign CTAudit CTLog CTStatic CTProxy CTSCT DAVsvn DNSSD DOSBlocking DOSEmail DOSHash DOSLog DOSPage DOSSite
    DOSSystem DOSWhite DOSEnabled ExternalAuth FastCgi Fcgid GeoIP GnuTLS Gssapi H264Streaming InterceptForm Jk Krb
    LoadTile LookupOutput LookupUser LookupDbus lsapi_ lsphp MapServer MaxMindDB MaxClientsVHost Mellon ModPageSpeed
    ModPython ModTile Mono NLB NSS NTLM OIDC OAuth2 PageSpeed Passenger Perl php PHPINI PubCookie PythonA PythonC
    PythonD PythonE PythonF PythonH PythonI PythonL PythonO PythonP PythonS PythonT QS_ QSLog Rack Rails RPAF Ruby
    Security2 SecAction SecAudit SecArgument SecAuth SecCache SecChroot SecCollection SecComponent SecConn SecContent
    SecCookie SecData SecDebug SecDefault SecDisable SecEncryption SecFilter SecGeo SecGsb SecGuardian SecHash SecHttp
    SecInterceptOn SecMarker SecPcre SecPdf SecRead SecRemote SecRequest SecResponse SecRule SecScript SecSensor
    SecServer SecStatus SecStream SecTmp SecUnicode SecUpload SecWeb SecWrite SecXml Shib suPHP SVN TKTAuth TLS
    Tomcat     UploadProgress Uwsgi VhostLDAP WebAuth WebKDC WLS Weblogic XForward XSendFile XSendFilePath
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
