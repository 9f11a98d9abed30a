# The service alone. Build: docker build -t cardswitch .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish src/Switch.Service -c Release -o /app \
 && mkdir -p /var/lib/cardswitch

# Chiseled: no shell, no package manager, runs as the "app" user (UID 1654). "Extra" for its time zones: without them
# every Switch:BusinessDay:TimeZone but UTC is refused. It brings ICU too, which the switch does not use.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=1654:1654 /var/lib/cardswitch /var/lib/cardswitch
USER $APP_UID
# Without TLS the terminal API stays on loopback all the same, unless Switch__AllowPlaintext=true. The operations API
# stays there unless Switch__Listen__Operations says otherwise: it closes reversals that are owed. Probes are at 7401.
ENV Switch__Journal__Path=/var/lib/cardswitch/journal.db \
    Switch__Listen__Terminals=*:7400 \
    Switch__Listen__Management=*:7401
VOLUME /var/lib/cardswitch
EXPOSE 7400 7401
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["dotnet", "Switch.Service.dll", "healthcheck", "http://127.0.0.1:7401/livez"]
ENTRYPOINT ["dotnet", "Switch.Service.dll"]
