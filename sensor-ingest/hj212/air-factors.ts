/**
 * Air, flue gas, weather and noise, by HJ 524's codes as HJ 212-2017 (annex B) takes them over, and the codes of HJ/T 212-2005.
 * `code of 2017|code of 2005|property|Chinese|English|unit|unit of a total|unit at an air station (system 22)`. Particles are given in
 * ug/m3 everywhere: the table of 2017 prints ng/m3 for them, which no station sends.
 */
export const airFactors = `
a00000|B02|flueFlow|废气流量|flue gas flow|m3/s|m3|
a01001||airTemperature|气温|air temperature|Cel||
a01002||humidity|湿度|humidity|%||
a01006||airPressure|气压|air pressure|kPa||
a01007||windSpeed|风速|wind speed|m/s||
a01008||windDirection|风向|wind direction|deg||
a01010|37|ringelmann|林格曼黑度|Ringelmann blackness|1||
a01011|S02|flueVelocity|烟气流速|flue gas velocity|m/s||
a01012|S03|flueTemperature|烟气温度|flue gas temperature|Cel||
a01013|S08|fluePressure|烟气压力|flue gas pressure|kPa||
a01014|S05|flueHumidity|烟气湿度|flue gas humidity|%||
a01015|S06|coolingTemperature|制冷温度|cooling temperature|Cel||
a01016|S07|flueArea|烟道截面积|flue cross-section|m2||
a01017|S04|flueDynamicPressure|烟气动压|flue gas dynamic pressure|kPa||
a01901||furnaceTemperature|炉膛内焚烧平均温度|mean furnace temperature|Cel||
a01902||furnaceDcsTemperature|炉膛内 DCS 温度|furnace temperature (DCS)|Cel||
a05001|30|carbonDioxide|二氧化碳|carbon dioxide|mg/m3|kg|
a05002||methane|甲烷|methane|mg/m3|kg|
a05024||ozone|臭氧|ozone|mg/m3||ug/m3
a19001|S01|oxygen|氧气含量|oxygen|%||
a20007||airArsenic|砷|arsenic (air)|ng/m3|g|
a20016|36|airBeryllium|铍及其化合物|beryllium (air)|mg/m3|kg|
a20025|33|airCadmiumCompounds|镉及其化合物|cadmium and compounds (air)|mg/m3|kg|
a20026||airCadmium|镉|cadmium (air)|ng/m3|g|
a20043|32|airLeadCompounds|铅及其化合物|lead and compounds (air)|mg/m3|kg|
a20044||airLead|铅|lead (air)|ng/m3|g|
a20057|31|airMercuryCompounds|汞及其化合物|mercury and compounds (air)|mg/m3|kg|
a20058||airMercury|汞|mercury (air)|ng/m3|g|
a20063|35|airNickel|镍及其化合物|nickel and compounds (air)|mg/m3|kg|
a20091|34|airTin|锡及其化合物|tin and compounds (air)|mg/m3|kg|
a21001|10|ammonia|氨|ammonia|mg/m3|kg|
a21002|03|nitrogenOxides|氮氧化物|nitrogen oxides|mg/m3|kg|ug/m3
a21003||nitricOxide|一氧化氮|nitric oxide|mg/m3|kg|ug/m3
a21004||nitrogenDioxide|二氧化氮|nitrogen dioxide|mg/m3|kg|ug/m3
a21005|04|carbonMonoxide|一氧化碳|carbon monoxide|mg/m3|kg|
a21017|07|airCyanide|氰化物|cyanide (air)|mg/m3|kg|
a21018|06|airFluoride|氟化物|fluoride (air)|mg/m3|kg|
a21022|11|chlorine|氯气|chlorine|mg/m3|kg|
a21024|08|hydrogenChloride|氯化氢|hydrogen chloride|mg/m3|kg|
a21026|02|sulfurDioxide|二氧化硫|sulfur dioxide|mg/m3|kg|ug/m3
a21028|05|hydrogenSulfide|硫化氢|hydrogen sulfide|mg/m3|kg|
a23001|27|phenols|酚类|phenols|mg/m3|kg|
a24003||dichloromethane|二氯甲烷|dichloromethane|mg/m3|kg|
a24004||chloroform|三氯甲烷|chloroform|mg/m3|kg|
a24005||carbonTetrachloride|四氯化碳|carbon tetrachloride|mg/m3|kg|
a24017||dichloroethane12|1,2-二氯乙烷|1,2-dichloroethane|mg/m3|kg|
a24036||cyclohexane|环己烷|cyclohexane|mg/m3|kg|
a24042||hexane|正己烷|hexane|mg/m3|kg|
a24043||heptane|正庚烷|heptane|mg/m3|kg|
a24046|29|vinylChloride|氯乙烯|vinyl chloride|mg/m3|kg|
a24049||trichloroethylene|三氯乙烯|trichloroethylene|mg/m3|kg|
a24050||tetrachloroethylene|四氯乙烯|tetrachloroethylene|mg/m3|kg|
a24053||propylene|丙烯|propylene|mg/m3|kg|
a24078||butadiene13|1,3-丁二烯|1,3-butadiene|mg/m3|kg|
a24087|25|hydrocarbons|碳氢化合物|hydrocarbons|mg/m3|kg|
a24088||nonMethaneHydrocarbons|非甲烷总烃|non-methane hydrocarbons|mg/m3|kg|
|16|benzeneSeries|苯系物|benzene series|mg/m3|kg|
a25002||benzene|苯|benzene|mg/m3|kg|
a25003|17|toluene|甲苯|toluene|mg/m3|kg|
a25004||ethylbenzene|乙苯|ethylbenzene|mg/m3|kg|
a25005|18|xylene|二甲苯|xylene|mg/m3|kg|
a25006||xyleneOrtho|邻二甲苯|o-xylene|mg/m3|kg|
a25007||xyleneMeta|间二甲苯|m-xylene|mg/m3|kg|
a25008||xylenePara|对二甲苯|p-xylene|mg/m3|kg|
a25010|23|chlorobenzene|氯苯|chlorobenzene|mg/m3|kg|
a25023|22|nitrobenzene|硝基苯|nitrobenzene|mg/m3|kg|
a25038||styrene|苯乙烯|styrene|mg/m3|kg|
a25044|20|benzoAPyrene|苯并[a]芘|benzo[a]pyrene (air)|mg/m3|kg|
a26001|21|anilines|苯胺类|anilines|mg/m3|kg|
a29017||ethylAcetate|乙酸乙酯|ethyl acetate|mg/m3|kg|
a30001|28|methanol|甲醇|methanol|mg/m3|kg|
a30008||isopropanol|异丙醇|isopropanol|mg/m3|kg|
a30022|13|mercaptans|硫醇|mercaptans|mg/m3|kg|
a31001|19|formaldehyde|甲醛|formaldehyde|mg/m3|kg|
a31002|26|acetaldehyde|乙醛|acetaldehyde|mg/m3|kg|
a31024||acetone|丙酮|acetone|mg/m3|kg|
a31025||butanone2|2-丁酮|2-butanone|mg/m3|kg|
a34001||tsp|总悬浮颗粒物|TSP|ug/m3|g|
a34002||pm10|可吸入颗粒物 PM10|PM10|ug/m3|g|
a34004||pm25|细颗粒物 PM2.5|PM2.5|ug/m3|g|
a34005||pm1|亚微米颗粒物 PM1.0|PM1.0|ug/m3|g|
a34011||dustfall|降尘|dustfall|t/km2/mo||
a34013|01|flueDust|烟尘|flue dust|mg/m3|kg|
a34017||carbonBlackDust|炭黑尘|carbon black dust|mg/m3|kg|
a34038|09|asphaltSmoke|沥青烟|asphalt smoke|mg/m3|kg|
a34039|14|sulfuricAcidMist|硫酸雾|sulfuric acid mist|mg/m3|kg|
a34040|15|chromicAcidMist|铬酸雾|chromic acid mist|mg/m3|kg|
a99010||acrylonitrile|丙烯腈|acrylonitrile|mg/m3|kg|
a99049|24|phosgene|光气|phosgene|mg/m3|kg|
a99051|12|carbonDisulfide|二硫化碳|carbon disulfide|mg/m3|kg|
a50001|B03|noise|噪声|noise|dB||
LA||noiseA|A 权声级|A-weighted sound level|dB||
L5||noiseL5|累计百分声级 L5|percentile level L5|dB||
L10||noiseL10|累计百分声级 L10|percentile level L10|dB||
L50||noiseL50|累计百分声级 L50|percentile level L50|dB||
L90||noiseL90|累计百分声级 L90|percentile level L90|dB||
L95||noiseL95|累计百分声级 L95|percentile level L95|dB||
Leq||noiseLeq|等效声级|equivalent sound level|dB||
Ldn||noiseLdn|昼夜等效声级|day-night equivalent level|dB||
Ld||noiseLd|昼间等效声级|daytime equivalent level|dB||
Ln||noiseLn|夜间等效声级|night equivalent level|dB||
LMx||noiseLmax|最大瞬时声级|highest sound level|dB||
LMn||noiseLmin|最小瞬时声级|lowest sound level|dB||
`;
